import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

const [major = 0] = process.versions.node.split('.').map(Number);
if (major < 22) {
  console.error(
    `the tests need Node.js 22 or newer, but this is ${process.version}: start them with "npm test"`,
  );
  process.exit(78);
}

/** What all tests have in common. They run against `dist`, so build first. */
export const everyTest = {
  pool: 'forks',
  // oclif's output capture needs the real console.
  disableConsoleIntercept: true,
  // For what hangs, not for what is slow: the tests run on busy machines, too.
  testTimeout: 10 * 60_000,
  hookTimeout: 10 * 60_000,
} as const;

/**
 * One file more than there are cores: a fifth of the time, a test waits for a clock, a disk or a signal. Left alone, vitest would keep a
 * core for itself. Files follow each other in one process, which starts and loads modules once: what they share, they leave as it was.
 */
const sideBySide = { ...everyTest, maxWorkers: availableParallelism() + 1, isolate: false } as const;

/** The everyday tests: all but the long campaigns. Those on PostgreSQL share a server, started when one of them runs. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...sideBySide,
          name: 'everyday',
          include: ['test/**/*.test.ts'],
          exclude: ['test/*/long/**', 'test/postgres/**'],
        },
      },
      {
        test: {
          ...sideBySide,
          name: 'postgres',
          include: ['test/postgres/**/*.test.ts'],
          globalSetup: ['test/support/postgres/shared-server.ts'],
        },
      },
    ],
  },
});

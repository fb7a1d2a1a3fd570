import { defineConfig } from 'vitest/config';

const [major = 0] = process.versions.node.split('.').map(Number);
if (major < 22) {
  console.error(
    `the tests need Node.js 22 or newer, but this is ${process.version}: start them with "npm test"`,
  );
  process.exit(78);
}

/** The everyday tests: all but the long crash suite. They run against `dist`, so build first. */
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/crash/long/**'],
    pool: 'forks',
    // oclif's output capture needs the real console.
    disableConsoleIntercept: true,
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});

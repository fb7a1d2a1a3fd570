import { defineConfig } from 'vitest/config';
import { everyTest } from './vitest.config.ts';

/** The long crash suite alone: minutes of random kills, therefore not part of `npm test`. */
export default defineConfig({
  test: {
    ...everyTest,
    include: ['test/crash/long/**/*.test.ts'],
    testTimeout: 60 * 60_000,
  },
});

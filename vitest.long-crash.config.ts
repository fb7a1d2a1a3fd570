import { defineConfig } from 'vitest/config';
import everyday from './vitest.config.ts';

/** The long crash suite alone: minutes of random kills, therefore not part of `npm test`. */
export default defineConfig({
  test: {
    ...everyday.test,
    include: ['test/crash/long/**/*.test.ts'],
    exclude: [],
    testTimeout: 600_000,
  },
});

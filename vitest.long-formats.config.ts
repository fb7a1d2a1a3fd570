import { defineConfig } from 'vitest/config';
import { everyTest } from './vitest.config.ts';

/** Every two cell formats there and back: minutes, therefore not part of `npm test`. */
export default defineConfig({
  test: {
    ...everyTest,
    include: ['test/formats/long/**/*.test.ts'],
    testTimeout: 600_000,
  },
});

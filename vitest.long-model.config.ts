import { defineConfig } from 'vitest/config';
import { everyTest } from './vitest.config.ts';

/** Minutes of random schedules, and defects put into the code to see them found; therefore not part of `npm test`. */
export default defineConfig({
  test: { ...everyTest, include: ['test/schedules/long/**/*.test.ts'] },
});

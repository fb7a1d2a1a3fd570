import { defineConfig } from 'vitest/config';
import { everyTest } from './vitest.config.ts';

/** Every way in which the machine can fail, one after the other: half an hour, therefore not part of `npm test`. */
export default defineConfig({
  test: { ...everyTest, include: ['test/faults/long/**/*.test.ts'], testTimeout: 60 * 60_000 },
});

import { expect, test } from 'vitest';
import { parseDuration } from '../../../src/lib/cli/flags/duration.ts';
import { errorOf } from '../keys/samples.ts';

test.each([
  ['0', 0],
  ['30s', 30_000],
  ['5m', 300_000],
  ['1h', 3_600_000],
  ['1h30m', 5_400_000],
  ['24d', 2_073_600_000],
])('%s is %d ms', (text, milliseconds) => {
  expect(parseDuration(text)).toBe(milliseconds);
});

test.each([
  ['5', 'the duration "5" has no unit'],
  ['', 'this is not a duration'],
  ['5 minutes', 'this is not a duration'],
  ['-5m', 'this is not a duration'],
  ['1.5h', 'this is not a duration'],
  ['25d', 'a duration can be at most "24d"'],
  ['999999999d', 'a duration can be at most "24d"'],
])('%j is refused', async (text, message) => {
  expect(await errorOf(() => parseDuration(text))).toMatchObject({ code: 'KT_USAGE', exitCode: 2, message });
});

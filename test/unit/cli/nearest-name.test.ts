import { expect, test } from 'vitest';
import { nearestName } from '../../../src/lib/cli/nearest-name.ts';

const flags = ['database', 'old-key', 'new-key', 'dry-run', 'no-backup', 'yes', 'json'];

test.each([
  ['databse', 'database'],
  ['old-kye', 'old-key'],
  ['oldkey', 'old-key'],
  ['dryrun', 'dry-run'],
  ['data', 'database'],
  ['yse', 'yes'],
  ['frobnicate', undefined],
  ['x', undefined],
])('the flag nearest to %s is %s', (typed, nearest) => {
  expect(nearestName(typed, flags)).toBe(nearest);
});

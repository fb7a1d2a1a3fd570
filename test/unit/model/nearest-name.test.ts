import { expect, test } from 'vitest';
import { nearestName } from '../../../src/lib/model/texts/nearest-name.ts';

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

test('case does not keep names apart, and among near names the nearest counts', () => {
  expect(nearestName('machine', ['commands', 'machines', 'machete'])).toBe('machines');
  expect(nearestName('MACHINES', ['commands', 'machines'])).toBe('machines');
  expect(nearestName('x', [])).toBeUndefined();
});

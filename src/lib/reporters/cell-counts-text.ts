import type { CellCounts } from '../model/cells/cell-counts.ts';
import { countText } from '../model/texts/count-text.ts';

const wordOfCount: readonly (readonly [keyof CellCounts, string])[] = [
  ['rewritten', 'rewritten'],
  // Under the new key, or plaintext where that is where the migration goes.
  ['already', 'already done'],
  ['quarantined', 'quarantined'],
  ['deferred', 'deferred'],
  ['left', 'left alone'],
  ['null', 'null'],
  ['empty', 'empty'],
];

/** Counts of cells in words, without those that are zero: `990 rewritten, 10 null`. */
export function cellCountsText(counts: CellCounts): string {
  const parts = wordOfCount.filter(([field]) => counts[field] > 0);
  if (parts.length === 0) return 'no cells';
  return parts.map(([field, word]) => `${countText(counts[field])} ${word}`).join(', ');
}

import type { CensusCounts } from '../model/column-census.ts';

/** So many values that are no cell stand beside each cell of a column that is not meant to be encrypted. */
const plaintextsPerCell = 10;

/** Tells whether the cells of a column are strays among plaintext, e.g. a token that was pasted into a note. */
export function isMostlyPlaintext({ old, new: fresh, unknown, plaintext }: CensusCounts): boolean {
  const encrypted = old + fresh + unknown;
  return encrypted > 0 && plaintext >= plaintextsPerCell * encrypted;
}

import type { CellCipher } from '../../formats/cell-format.ts';
import { encodePlaintexts } from '../../model/cells/typed-plaintexts.ts';

/** Takes every value for what it is: stands in for a cipher on the side of a migration that is plaintext, to measure. */
export const plaintextCipher: CellCipher = {
  openBatch: (cells) => ({ ...encodePlaintexts(cells), outcomes: cells.map(() => 'opened') }),
  sealBatch: ({ bytes, starts, ends }) =>
    Array.from(starts, (start, index) => Buffer.from(bytes.subarray(start, ends[index]))),
};

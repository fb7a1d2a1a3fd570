import { KeyturnError } from '../../model/keyturn-error.ts';
import type { CellEncoding } from './cell-encoding.ts';

/** The sealed bytes themselves, which only a blob can hold; SQLite keeps blobs in text columns too. */
export const rawEncoding: CellEncoding = {
  classes: ['blob'],
  candidate: (leastBytes) => ({ minimumLength: leastBytes, firstCharacters: null }),
  bytesAtMost: ({ length }) => length,
  decode(cell, target, at) {
    if (typeof cell === 'string') return undefined;
    target.set(cell, at);
    return cell.length;
  },
  isCanonical: (cell) => typeof cell !== 'string',
  lengthOf: (sealedBytes) => sealedBytes,
  encode(sealed, cellClass) {
    if (cellClass === 'text') throw bytesInText();
    return Buffer.from(sealed);
  },
};

function bytesInText(): KeyturnError {
  return new KeyturnError({
    code: 'KT_FORMAT_NEEDS_BLOBS',
    reason: 'usage',
    message: 'a cell that is text cannot become raw bytes; nothing of its chunk was written',
    hints: ['choose a target in text: --to-format NAME:encoding=base64'],
  });
}

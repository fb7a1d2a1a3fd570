import type { CellEncoding } from './cell-encoding.ts';
import { cellOfText, textOfCell } from './cell-text.ts';

const canonical = /^(?:[0-9a-f]{2})*$/;

/** Two lower-case hexadecimal digits a byte; upper-case ones are read as well. */
export const hexadecimalEncoding: CellEncoding = {
  classes: ['text', 'blob'],
  candidate: (leastBytes) => ({ minimumLength: 2 * leastBytes, firstCharacters: null }),
  bytesAtMost: ({ length }) => length >> 1,
  decode(cell, target, at) {
    const text = textOfCell(cell)?.trim();
    if (text === undefined || text.length % 2 !== 0) return undefined;
    const bytes = text.length >> 1;
    return target.write(text, at, bytes, 'hex') === bytes ? bytes : undefined;
  },
  isCanonical: (cell) => canonical.test(textOfCell(cell) ?? '-'),
  lengthOf: (sealedBytes) => 2 * sealedBytes,
  encode: (sealed, cellClass) => cellOfText(sealed.toString('hex'), cellClass),
};

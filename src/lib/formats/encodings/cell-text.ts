import { constants } from 'node:buffer';
import type { CellClass, CellValue } from '../../model/cells/stored-value.ts';

/** V8 answers this for a string of one byte a character without looking at it. */
const beyondLatin1 = /[\u0100-\uffff]/;

/**
 * The text of a cell, a blob's bytes as characters; undefined where no string could hold it, or where it has characters
 * that Node's decoders would take for others (U+0167 for `g`).
 */
export function textOfCell(cell: CellValue): string | undefined {
  if (typeof cell === 'string') return beyondLatin1.test(cell) ? undefined : cell;
  if (cell.length > constants.MAX_STRING_LENGTH) return undefined;
  return Buffer.from(cell.buffer, cell.byteOffset, cell.byteLength).toString('latin1');
}

/** ASCII text as a cell of a storage class. */
export function cellOfText(text: string, cellClass: CellClass): CellValue {
  return cellClass === 'text' ? text : Buffer.from(text, 'latin1');
}

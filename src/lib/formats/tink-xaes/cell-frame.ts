import type { CellClass, CellValue } from '../../model/cells/stored-value.ts';
import { base64urlCanonical, decodeText } from '../encodings/base64.ts';
import { textOfCell } from '../encodings/cell-text.ts';

/*
 * A cell before its encoding: 0x01 | key id 4, big endian | salt 12 | IV 12 | ciphertext | tag 16.
 */

/** What a text cell begins with; base64url without padding follows. */
const textPrefix = 'kt1.';
/** The first byte of Tink's framing. */
const tinkPrefix = 0x01;
/** Where the salt begins. */
export const saltAt = 5;
/** Where the IV begins. */
export const ivAt = 17;
/** Where the ciphertext begins. */
export const ciphertextAt = 29;
/** Length of the IV. */
export const ivBytes = 12;
/** Length of the tag at the end. */
export const tagBytes = 16;
/** What a cell has more than its sealed plaintext. */
export const overheadBytes = ciphertextAt + tagBytes;
/** The shortest cell holds the code of a type and nothing else. */
export const shortestBlob = overheadBytes + 1;

/** Writes a cell's bytes, at most its length, into `target` from `at` on; gives their number, or undefined where it is no cell of the format. */
export function readCell(cell: CellValue, target: Buffer, at: number): number | undefined {
  const bytes = typeof cell === 'string' ? readText(cell, target, at) : copyBytes(cell, target, at);
  return bytes !== undefined && bytes >= shortestBlob && target[at] === tinkPrefix ? bytes : undefined;
}

/** Tells whether a cell is exactly as it is written here; needs no key. */
export function isCanonicalCell(cell: CellValue): boolean {
  if (typeof cell !== 'string') return cell.length >= shortestBlob && cell[0] === tinkPrefix;
  if (!cell.startsWith(textPrefix) || !base64urlCanonical.test(cell.slice(textPrefix.length))) return false;
  const bytes = Buffer.from(cell.slice(textPrefix.length), 'base64url');
  return bytes.length >= shortestBlob && bytes[0] === tinkPrefix && writeCell(bytes, 'text') === cell;
}

/** The cell for its bytes; copies them. */
export function writeCell(bytes: Buffer, cellClass: CellClass): CellValue {
  return cellClass === 'text' ? textPrefix + bytes.toString('base64url') : Buffer.from(bytes);
}

function readText(cell: string, target: Buffer, at: number): number | undefined {
  const text = textOfCell(cell)?.trim();
  return text?.startsWith(textPrefix) ? decodeText(text.slice(textPrefix.length), target, at) : undefined;
}

function copyBytes(cell: Uint8Array, target: Buffer, at: number): number {
  target.set(cell, at);
  return cell.length;
}

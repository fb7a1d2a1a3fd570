import type { CellClass, CellValue } from '../../model/stored-value.ts';
import { base64urlCanonical, decodeText } from '../encodings/base64.ts';
import { textOfCell } from '../encodings/cell-text.ts';

/*
 * A cell before its encoding: 0x01 | key id 4, big endian | salt 12 | IV 12 | ciphertext | tag 16.
 */

/** What a text cell begins with; base64url without padding follows. */
const TEXT_PREFIX = 'kt1.';
/** The first byte of Tink's framing. */
const FRAMING = 0x01;
/** Offsets of the parts. */
export const SALT_AT = 5;
export const IV_AT = 17;
export const CIPHERTEXT_AT = 29;
/** Length of the IV, and of the tag at the end. */
export const IV_BYTES = 12;
export const TAG_BYTES = 16;
/** What a cell has more than its sealed plaintext. */
export const OVERHEAD_BYTES = CIPHERTEXT_AT + TAG_BYTES;
/** The shortest cell holds the code of a type and nothing else. */
export const SHORTEST_BLOB = OVERHEAD_BYTES + 1;

/** Writes a cell's bytes, at most its length, into `target` from `at` on; gives their number, or undefined where it is no cell of the format. */
export function readCell(cell: CellValue, target: Buffer, at: number): number | undefined {
  const bytes = typeof cell === 'string' ? readText(cell, target, at) : copyBytes(cell, target, at);
  return bytes !== undefined && bytes >= SHORTEST_BLOB && target[at] === FRAMING ? bytes : undefined;
}

/** Tells whether a cell is exactly as it is written here; needs no key. */
export function isCanonicalCell(cell: CellValue): boolean {
  if (typeof cell !== 'string') return cell.length >= SHORTEST_BLOB && cell[0] === FRAMING;
  if (!cell.startsWith(TEXT_PREFIX) || !base64urlCanonical.test(cell.slice(TEXT_PREFIX.length))) return false;
  const bytes = Buffer.from(cell.slice(TEXT_PREFIX.length), 'base64url');
  return bytes.length >= SHORTEST_BLOB && bytes[0] === FRAMING && writeCell(bytes, 'text') === cell;
}

/** The cell for its bytes; copies them. */
export function writeCell(bytes: Buffer, cellClass: CellClass): CellValue {
  return cellClass === 'text' ? TEXT_PREFIX + bytes.toString('base64url') : Buffer.from(bytes);
}

function readText(cell: string, target: Buffer, at: number): number | undefined {
  const text = textOfCell(cell)?.trim();
  return text?.startsWith(TEXT_PREFIX) ? decodeText(text.slice(TEXT_PREFIX.length), target, at) : undefined;
}

function copyBytes(cell: Uint8Array, target: Buffer, at: number): number {
  target.set(cell, at);
  return cell.length;
}

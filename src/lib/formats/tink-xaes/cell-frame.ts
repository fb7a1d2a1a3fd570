import { asTextMemory, type TextMemory } from '../../model/bytes/text-memory.ts';
import type { CellClass, CellValue } from '../../model/cells/stored-value.ts';
import { tagBytes, type ValueLayout } from '../aead/value-frame.ts';
import { base64urlCanonical, decodeText } from '../encodings/base64.ts';
import { textOfCell } from '../encodings/cell-text.ts';

/*
 * A cell before its encoding, its frame: 0x01 | key id 4, big endian | salt 12 | IV 12 | ciphertext | tag 16.
 */

/** What a text cell begins with; base64url without padding follows. */
const textPrefix = 'kt1.';
/** The first byte of Tink's framing. */
const tinkPrefix = 0x01;
/** Where the salt begins. */
export const saltAt = 5;
/** Where the IV begins. */
const ivAt = 17;
/** Where the ciphertext begins. */
export const ciphertextAt = 29;
/** Length of the IV. */
const ivBytes = 12;
/** Length of salt and IV together. */
export const nonceBytes = ciphertextAt - saltAt;
/** What a cell has more than its sealed plaintext. */
export const overheadBytes = ciphertextAt + tagBytes;
/** The shortest cell holds the code of a type and nothing else. */
export const shortestBlob = overheadBytes + 1;

/** Where the parts of a frame of so many bytes stand. */
export function layOut(bytes: number): ValueLayout {
  return {
    nonceAt: ivAt,
    nonceBytes: ivBytes,
    textAt: ciphertextAt,
    textBytes: bytes - overheadBytes,
    tagAt: bytes - tagBytes,
  };
}

/** The most that a value of so many characters or bytes can decode to; nothing where it is too short to be a cell. */
export function frameBytesAtMost(length: number): number {
  return length < shortestBlob ? 0 : length;
}

/** Writes a cell's frame, at most its length, into `target` from `at` on; gives its length, or undefined where it is no cell of the format. */
export function readCell(cell: CellValue, target: TextMemory, at: number): number | undefined {
  if (cell.length < shortestBlob) return undefined;
  if (typeof cell !== 'string') return frameIn(target, at, copyBytes(cell, target, at));
  const text = textOfCell(cell)?.trim();
  return text === undefined ? undefined : readText(text, target, at);
}

/** The same for text without anything around it. */
export function readText(text: string, target: TextMemory, at: number): number | undefined {
  if (!text.startsWith(textPrefix)) return undefined;
  return frameIn(target, at, decodeText(text.slice(textPrefix.length), target, at));
}

/** The length of what was written there, where it is a frame. */
export function frameIn(target: Uint8Array, at: number, bytes: number | undefined): number | undefined {
  return bytes !== undefined && bytes >= shortestBlob && target[at] === tinkPrefix ? bytes : undefined;
}

/** What a cell in text may begin with in UTF-8: its prefix, or white space that is a character of Latin-1. */
const beginnings = new Set([...Buffer.from(`${textPrefix.charAt(0)} \t\n\v\f\r`), 0xc2]);

/** Tells whether a value in memory might be read as a cell; asked of every value of a column of plaintext. */
export function mayBeCell(bytes: Uint8Array, start: number, length: number): boolean {
  const first = bytes[start] ?? 0;
  return length >= shortestBlob && (first === tinkPrefix || beginnings.has(first));
}

/** Tells whether a cell is exactly as it is written here; needs no key. */
export function isCanonicalCell(cell: CellValue): boolean {
  if (typeof cell !== 'string') return cell.length >= shortestBlob && cell[0] === tinkPrefix;
  if (!cell.startsWith(textPrefix) || !base64urlCanonical.test(cell.slice(textPrefix.length))) return false;
  const frame = asTextMemory(Buffer.from(cell.slice(textPrefix.length), 'base64url'));
  return frame.length >= shortestBlob && frame[0] === tinkPrefix && writeCell(frame, 'text') === cell;
}

/** The cell of a frame; copies it. */
export function writeCell(frame: TextMemory, cellClass: CellClass): CellValue {
  return cellClass === 'text' ? textPrefix + frame.base64urlSlice(0, frame.length) : Buffer.from(frame);
}

/** Length of the cell of a frame of so many bytes. */
export function cellBytesOf(frameBytes: number, cellClass: CellClass): number {
  return cellClass === 'text' ? textPrefix.length + Math.ceil((frameBytes * 4) / 3) : frameBytes;
}

/** Writes the cell of a frame into memory, where there is room for it from `at` on. */
export function writeCellInto(
  memory: TextMemory,
  at: number,
  { frame, cellClass }: { readonly frame: TextMemory; readonly cellClass: CellClass },
): void {
  if (cellClass === 'blob') {
    memory.set(frame, at);
    return;
  }
  const text = frame.base64urlSlice(0, frame.length);
  memory.latin1Write(textPrefix, at, textPrefix.length);
  memory.latin1Write(text, at + textPrefix.length, text.length);
}

function copyBytes(cell: Uint8Array, target: Uint8Array, at: number): number {
  target.set(cell, at);
  return cell.length;
}

import { constants } from 'node:buffer';
import type { TextMemory } from '../../model/bytes/text-memory.ts';
import type { CellValue } from '../../model/cells/stored-value.ts';
import {
  decodedBytesAtMost,
  decodeLenient,
  firstSextet,
  goesOnBehindPadding,
  isAscii,
} from './lenient-base64.ts';
import { frameTokenAt, type TokenFrame } from './token-frame.ts';
import { isTokenLength, smallestTokenBytes, tokenVersion } from './token-layout.ts';

/** The version byte's first six bits: every token, read as base64, begins with `g`. */
const versionSextet = tokenVersion >> 2;
/** The version byte's last two bits are zero, which leaves a quarter of the alphabet for the second character. */
const canonicalStart = /^g[A-P]/;
const outsideBase64url = /[^\w-]/;
/** The last characters that leave no stray bits before `=` and before `==`. */
const beforeOnePad = 'AEIMQUYcgkosw048';
const beforeTwoPads = 'AQgw';
const equalsSign = 0x3d;
/** V8 answers this for a string of one byte a character without looking at it. */
const beyondLatin1 = /[\u0100-\uffff]/;

/**
 * Decodes the token in a cell into `frame`, as leniently as Python's `cryptography` (see lenient-base64.ts).
 * Gives the token's length in bytes, or undefined where the cell is no token: it does not decode, or not to
 * the version byte and then one or more whole blocks of ciphertext.
 */
export function readToken(cell: CellValue, frame: TokenFrame): number | undefined {
  const text = latin1Text(cell);
  const tokenBytes = readCanonical(text, frame) ?? readLenient(cell, text, frame);
  return frame.bytes[frameTokenAt] === tokenVersion ? tokenBytes : undefined;
}

/** The same for text without anything around or within it; undefined where it has to be read leniently, too. */
export function readCanonicalToken(text: string, frame: TokenFrame): number | undefined {
  const tokenBytes = readCanonical(text, frame);
  return frame.bytes[frameTokenAt] === tokenVersion ? tokenBytes : undefined;
}

/**
 * Tells whether a cell is a token exactly as Fernet libraries write it: base64url with its padding, no stray
 * bits, nothing around it, the version byte, and a possible length. Needs no key.
 */
export function isCanonicalToken(cell: CellValue): boolean {
  const text = latin1Text(cell);
  const padding = paddingOf(text);
  const unpadded = text.slice(0, text.length - padding);
  return (
    canonicalStart.test(text) &&
    text.length % 4 === 0 &&
    isTokenLength(decodedBytesAtMost(unpadded.length)) &&
    hasNoStrayBits(unpadded, padding) &&
    !outsideBase64url.test(unpadded)
  );
}

/** Tells whether letters or digits follow the padding of a token. Needs no key. */
export function hasTextBehind(cell: CellValue): boolean {
  const text = latin1Text(cell);
  const padAt = text.indexOf('=');
  return padAt !== -1 && padAt < text.length - 2 && goesOnBehindPadding(text);
}

/** The text of token bytes in base64url with its padding. */
export function writeToken(token: TextMemory): string {
  // Concatenated last: V8 joins the two pieces when somebody reads the text.
  const padding = '=='.slice((token.length + 2) % 3);
  return token.base64urlSlice(0, token.length) + padding;
}

/** Length of that text. */
export function textLengthOf(tokenBytes: number): number {
  return 4 * Math.ceil(tokenBytes / 3);
}

/** Writes that text into memory, where there is room for it from `at` on. */
export function writeTokenInto(memory: TextMemory, at: number, token: TextMemory): void {
  const text = token.base64urlSlice(0, token.length);
  const end = at + textLengthOf(token.length);
  for (let padAt = at + memory.latin1Write(text, at, text.length); padAt < end; padAt += 1) {
    memory[padAt] = equalsSign;
  }
}

/**
 * Node's decoder is fast, but reads junk in its own way (and takes U+0167 for `g`). It is right where the
 * number of bytes shows that it passed over no character.
 */
function readCanonical(text: string, frame: TokenFrame): number | undefined {
  const tokenBytes = decodedBytesAtMost(text.length - paddingOf(text));
  if (text.length % 4 !== 0 || !isTokenLength(tokenBytes) || beyondLatin1.test(text)) return undefined;
  frame.reserve(tokenBytes);
  const written = frame.bytes.base64urlWrite(text, frameTokenAt, tokenBytes);
  return written === tokenBytes ? tokenBytes : undefined;
}

function readLenient(cell: CellValue, text: string, frame: TokenFrame): number | undefined {
  const atMost = decodedBytesAtMost(text.length);
  if (atMost < smallestTokenBytes || firstSextet(text) !== versionSextet) return undefined;
  if (typeof cell === 'string' && !isAscii(cell)) return undefined;
  frame.reserve(atMost);
  const tokenBytes = decodeLenient(text, frame.bytes.subarray(frameTokenAt));
  return tokenBytes !== undefined && isTokenLength(tokenBytes) ? tokenBytes : undefined;
}

/** A blob's bytes as characters; the empty text where no string could hold them. */
function latin1Text(cell: CellValue): string {
  if (typeof cell === 'string') return cell;
  if (cell.length > constants.MAX_STRING_LENGTH) return '';
  return Buffer.from(cell.buffer, cell.byteOffset, cell.byteLength).toString('latin1');
}

function paddingOf(text: string): number {
  if (text.charCodeAt(text.length - 1) !== equalsSign) return 0;
  return text.charCodeAt(text.length - 2) === equalsSign ? 2 : 1;
}

function hasNoStrayBits(unpadded: string, padding: number): boolean {
  const last = unpadded.slice(-1);
  return padding === 0 || (padding === 1 ? beforeOnePad : beforeTwoPads).includes(last);
}

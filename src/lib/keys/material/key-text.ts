import type { KeyEncoding } from '../key-reference.ts';

/** Key bytes decoded from text; the caller wipes them. */
export interface DecodedKey {
  readonly bytes: Uint8Array;
  /** What another reader of the same text may stumble over. */
  readonly warnings: readonly string[];
}

const paddingAtEnd = '='.charCodeAt(0);
/** In UTF-8. */
const byteOrderMark: readonly number[] = [0xef, 0xbb, 0xbf];
const whiteSpace: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0d]);
const base64Digits = digitTable([
  'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/',
  'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_',
]);
const hexadecimalDigits = digitTable(['0123456789abcdef', '0123456789ABCDEF']);

/** Writes key bytes as base64url with padding, as `Fernet.generate_key` does: 44 characters for 32 bytes. */
export function encodeKeyText(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64url');
  return text.padEnd(Math.ceil(text.length / 4) * 4, '=');
}

/**
 * Decodes text byte by byte, so that no string of it stays behind; undefined where it is not text of that encoding.
 * Base64 is read as Python's `urlsafe_b64decode` reads it: either alphabet, even mixed, and unused bits in the last
 * character are ignored, with a warning. Missing padding, which Python refuses, is taken with a warning.
 */
export function decodeKeyText(text: Uint8Array, encoding: KeyEncoding | undefined): DecodedKey | undefined {
  switch (encoding) {
    case 'raw':
      return { bytes: Uint8Array.from(text), warnings: [] };
    case 'hex':
      return decodeHexadecimal(text);
    case 'base64':
    case 'base64url':
    case undefined:
      return decodeBase64(text);
  }
}

/** The text without the byte order mark that Windows editors put in front, as a view of the same memory. */
export function withoutByteOrderMark(text: Uint8Array): Uint8Array {
  return byteOrderMark.every((byte, index) => text[index] === byte)
    ? text.subarray(byteOrderMark.length)
    : text;
}

/** The text without the white space around it, as a view of the same memory. */
export function withoutOuterWhiteSpace(text: Uint8Array): Uint8Array {
  let start = 0;
  let end = text.length;
  while (start < end && whiteSpace.has(text[start] ?? 0)) start += 1;
  while (end > start && whiteSpace.has(text[end - 1] ?? 0)) end -= 1;
  return text.subarray(start, end);
}

function decodeHexadecimal(text: Uint8Array): DecodedKey | undefined {
  if (text.length % 2 !== 0) return undefined;
  const unpacked = unpackDigits(text, { digits: hexadecimalDigits, bitsPerDigit: 4 });
  return unpacked === undefined ? undefined : { bytes: unpacked.bytes, warnings: [] };
}

function decodeBase64(text: Uint8Array): DecodedKey | undefined {
  const digits = withoutPadding(text);
  const isPadded = digits.length < text.length;
  if (digits.length % 4 === 1 || (isPadded && text.length % 4 !== 0)) return undefined;
  const unpacked = unpackDigits(digits, { digits: base64Digits, bitsPerDigit: 6 });
  if (unpacked === undefined) return undefined;
  const warnings: string[] = [];
  if (text.length % 4 !== 0) warnings.push('lacks the "=" at its end: Python refuses such a key');
  if (unpacked.unusedBits !== 0) {
    warnings.push('ends in a character with unused bits, which are ignored: was it mistyped?');
  }
  return { bytes: unpacked.bytes, warnings };
}

function withoutPadding(text: Uint8Array): Uint8Array {
  let end = text.length;
  while (end > text.length - 2 && text[end - 1] === paddingAtEnd) end -= 1;
  return text.subarray(0, end);
}

interface DigitSystem {
  readonly digits: ReadonlyMap<number, number>;
  readonly bitsPerDigit: number;
}

/** Packs digits into bytes, most significant bit first; undefined at the first character that is no digit. */
function unpackDigits(
  text: Uint8Array,
  system: DigitSystem,
): { bytes: Uint8Array; unusedBits: number } | undefined {
  const bytes = new Uint8Array(Math.floor((text.length * system.bitsPerDigit) / 8));
  let waiting = 0;
  let waitingBits = 0;
  let filled = 0;
  for (const character of text) {
    const digit = system.digits.get(character);
    if (digit === undefined) {
      bytes.fill(0);
      return undefined;
    }
    waiting = (waiting << system.bitsPerDigit) | digit;
    waitingBits += system.bitsPerDigit;
    if (waitingBits >= 8) {
      waitingBits -= 8;
      bytes[filled] = waiting >> waitingBits;
      filled += 1;
      waiting &= (1 << waitingBits) - 1;
    }
  }
  return { bytes, unusedBits: waiting };
}

function digitTable(alphabets: readonly string[]): ReadonlyMap<number, number> {
  const digitsOf = (alphabet: string): [number, number][] =>
    Array.from(Buffer.from(alphabet), (character, digit) => [character, digit]);
  return new Map(alphabets.flatMap(digitsOf));
}

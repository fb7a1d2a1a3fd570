import { isUtf8 } from 'node:buffer';

/** A byte that no text has: a control character other than tab and line breaks. */
const firstPrintable = 0x20;
const tabulator = 0x09;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const deleteCharacter = 0x7f;

/**
 * Tells whether bytes are text: UTF-8 without control characters. What a wrong key makes of a cell passes its padding once
 * in 256 times, and this less than once in a million.
 */
export function isPlausibleText(bytes: Uint8Array): boolean {
  return isUtf8(bytes) && bytes.every(isTextByte);
}

function isTextByte(byte: number): boolean {
  if (byte >= firstPrintable) return byte !== deleteCharacter;
  return byte === tabulator || byte === lineFeed || byte === carriageReturn;
}

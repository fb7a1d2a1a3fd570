import { isUtf8 } from 'node:buffer';

/** A byte that no text has: a control character other than tab and line breaks. */
const CONTROL = 0x20;
const TAB = 0x09;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const DELETE = 0x7f;

/**
 * Tells whether bytes are text: UTF-8 without control characters. What a wrong key makes of a cell passes its padding once
 * in 256 times, and this less than once in a million.
 */
export function isPlausibleText(bytes: Uint8Array): boolean {
  return isUtf8(bytes) && bytes.every(isTextByte);
}

function isTextByte(byte: number): boolean {
  if (byte >= CONTROL) return byte !== DELETE;
  return byte === TAB || byte === LINE_FEED || byte === CARRIAGE_RETURN;
}

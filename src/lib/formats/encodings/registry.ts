import { oneOf, type FormatOption } from '../format-family.ts';
import { base64Encoding, base64urlEncoding } from './base64.ts';
import type { CellEncoding } from './cell-encoding.ts';
import { hexadecimalEncoding } from './hexadecimal.ts';
import { rawEncoding } from './raw.ts';

const encodings: Readonly<Record<string, CellEncoding>> = {
  base64: base64Encoding,
  base64url: base64urlEncoding,
  hex: hexadecimalEncoding,
  raw: rawEncoding,
};

/** The option of a format that says how its cells are encoded. */
export const encodingOption: FormatOption = oneOf('base64', 'base64url', 'hex', 'raw');

/** The encoding that a value of `encodingOption` names. */
export function encodingNamed(name: string | undefined): CellEncoding {
  const encoding = encodings[name ?? encodingOption.initial];
  if (encoding === undefined) throw new RangeError('there is no such encoding');
  return encoding;
}

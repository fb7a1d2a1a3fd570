import type { StoredValue } from '../model/cells/stored-value.ts';
import type { TextEncodingName } from '../model/databases/text-encoding-name.ts';

/** Long enough that chance hardly ever makes one, short enough for a telephone number. */
const windowCharacters = 10;

/** Length of the windows of a database. */
export function windowBytesOf(encoding: TextEncodingName): number {
  return encoding === 'utf16le' || encoding === 'utf16be' ? 2 * windowCharacters : windowCharacters;
}

/** A value as its bytes stand in the database's files; `null` for numbers and NULL, and where that is not known. */
export function storedBytes(value: StoredValue, encoding: TextEncodingName): Uint8Array | null {
  if (value instanceof Uint8Array) return value;
  if (typeof value !== 'string') return null;
  switch (encoding) {
    case 'utf8':
      return Buffer.from(value, 'utf8');
    case 'utf16le':
      return Buffer.from(value, 'utf16le');
    case 'utf16be':
      return Buffer.from(value, 'utf16le').swap16();
    case 'other':
      return /^[\x20-\x7e]*$/u.test(value) ? Buffer.from(value, 'latin1') : null;
  }
}

import type { StoredValue } from './stored-value.ts';

/** What a value was before it was sealed: its storage class, or, for a database with typed columns, text or bytes. */
export type PlainType = 'text' | 'blob' | 'integer' | 'real';

/**
 * The byte by which a format that keeps types says what a plaintext is. It stands in front of the plaintext, under the
 * seal: `t` text in UTF-8, `b` bytes, `i` a whole number in decimal digits, `r` a number as 8 bytes (IEEE 754, big endian).
 */
export const typeCodes: Readonly<Record<PlainType, number>> = {
  text: 0x74,
  blob: 0x62,
  integer: 0x69,
  real: 0x72,
};

/** The type of a stored value that is not NULL. */
export function plainTypeOf(value: Exclude<StoredValue, null>): PlainType {
  if (typeof value === 'string') return 'text';
  if (typeof value === 'bigint') return 'integer';
  return typeof value === 'number' ? 'real' : 'blob';
}

const typesByCode = new Map((Object.keys(typeCodes) as PlainType[]).map((type) => [typeCodes[type], type]));

/** The type of a code, or undefined where no type has it. */
export function plainTypeOfCode(code: number): PlainType | undefined {
  return typesByCode.get(code);
}

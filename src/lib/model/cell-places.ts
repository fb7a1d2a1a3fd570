import type { StoredValue } from './stored-value.ts';

/**
 * Where the cells of a batch stand: a format that binds a cell to its place opens it nowhere else. The names are logical
 * ones: data outlives the renaming of a table where the name it was sealed under is given instead.
 */
export interface CellPlaces {
  readonly table: string;
  readonly column: string;
  /** `rows[i]` is the canonical key of the row of cell `i`, see `encodeRowKey`; absent where rows have no stable key. */
  readonly rows?: readonly Uint8Array[] | undefined;
}

/**
 * A row's primary key as bytes that no other key has: for each of its values a letter for the type (`i` integer, `r` real,
 * `t` text, `b` blob, `n` NULL), the length in four bytes, big endian, and the value: digits, eight bytes of IEEE 754,
 * UTF-8, bytes, nothing.
 */
export function encodeRowKey(values: readonly StoredValue[]): Buffer {
  return Buffer.concat(values.flatMap((value) => encodePart(...keyPart(value))));
}

/** One part of what is authenticated beside a cell: a letter, the length in four bytes, big endian, and the bytes. */
export function encodePart(letter: string, bytes: Uint8Array): readonly Uint8Array[] {
  const head = Buffer.alloc(5);
  head.write(letter, 'latin1');
  head.writeUInt32BE(bytes.length, 1);
  return [head, bytes];
}

function keyPart(value: StoredValue): readonly [string, Uint8Array] {
  if (value === null) return ['n', Buffer.alloc(0)];
  if (typeof value === 'string') return ['t', Buffer.from(value, 'utf8')];
  if (typeof value === 'bigint') return ['i', Buffer.from(value.toString(), 'latin1')];
  if (typeof value === 'object') return ['b', value];
  const real = Buffer.alloc(8);
  real.writeDoubleBE(value);
  return ['r', real];
}

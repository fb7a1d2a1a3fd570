import { isCompound, type ColumnValue, type StoredValue } from './stored-value.ts';

/**
 * What of a place is the same for a whole column: a format that binds a cell to its place opens it nowhere else. The names
 * are logical ones: where a table or column is renamed, the format names the one its cells were sealed under.
 */
export interface ColumnPlace {
  readonly table: string;
  readonly column: string;
}

/**
 * What identifies each row of a batch permanently: `keys[i]` is the canonical primary key of row `i`, see `encodeRowKey`. `none`:
 * the table has no such key, so nothing in it can be bound to its row.
 */
export type CanonicalKeys = readonly Uint8Array[] | 'none';

/** Where the cells of a batch stand; `rows` may be absent for a format that does not bind to rows. */
export interface CellPlaces extends ColumnPlace {
  readonly rows?: CanonicalKeys | undefined;
}

/** The places of some rows of a batch that was read from a column. */
export function placesOfRows(
  place: ColumnPlace,
  canonicalKeys: CanonicalKeys | undefined,
  rows: readonly number[],
): CellPlaces {
  return { ...place, rows: keysOfRows(canonicalKeys, rows) };
}

/** What names some rows of a batch; they count upwards. */
export function keysOfRows(
  canonicalKeys: CanonicalKeys | undefined,
  rows: readonly number[],
): CanonicalKeys | undefined {
  if (canonicalKeys === undefined || canonicalKeys === 'none') return canonicalKeys;
  return rows.length === canonicalKeys.length
    ? canonicalKeys
    : rows.map((row) => canonicalKeys[row] ?? noKey);
}

/** What names the row of each value, those of compound values one by one; see `separateValues`. */
export function keysOfValues(
  values: readonly ColumnValue[],
  canonicalKeys: CanonicalKeys | undefined,
): CanonicalKeys | undefined {
  if (canonicalKeys === undefined || canonicalKeys === 'none' || !values.some(isCompound))
    return canonicalKeys;
  return values.flatMap((value, row) => {
    const key = canonicalKeys[row] ?? noKey;
    return isCompound(value) ? value.parts.map(() => key) : [key];
  });
}

/** A place for cells that are sealed to be measured and thrown away. */
export function anyPlace(cells: number): CellPlaces {
  return { table: '', column: '', rows: Array.from({ length: cells }, () => noKey) };
}

const noKey = new Uint8Array(0);

/**
 * A row's primary key as bytes that no other key has: for each of its values a letter for the type (`i` integer, `r` real,
 * `t` text, `b` blob, `n` NULL), the length in four bytes, big endian, and the value: digits, eight bytes of IEEE 754,
 * UTF-8, bytes, nothing.
 */
export function encodeRowKey(values: readonly StoredValue[]): Buffer {
  const [value] = values;
  // Most tables: this is asked of every row.
  if (values.length === 1 && typeof value === 'bigint') return encodeNumber(value.toString());
  return Buffer.concat(values.flatMap((part) => encodePart(...keyPart(part))));
}

function encodeNumber(digits: string): Buffer {
  const key = Buffer.allocUnsafe(partHeadBytes + digits.length);
  key.write('i', 'latin1');
  key.writeUInt32BE(digits.length, 1);
  key.write(digits, partHeadBytes, 'latin1');
  return key;
}

const partHeadBytes = 5;

/** One part of what is authenticated beside a cell: a letter, the length in four bytes, big endian, and the bytes. */
export function encodePart(letter: string, bytes: Uint8Array): readonly Uint8Array[] {
  const head = Buffer.alloc(partHeadBytes);
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

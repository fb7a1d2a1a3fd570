import type { RowKey } from '../../../model/cells/row-batch.ts';
import { quoteIdentifier } from '../../quote-identifier.ts';
import { encodeInt8Array, encodeTextArray } from '../connection/binary-array.ts';
import type { Parameter } from '../connection/parameter.ts';
import type { TableShape } from '../schema/table-shape.ts';

/** How rows of one table are named in SQL; the table is called `target` in every statement. */
export interface RowAddressing {
  /** `number`: one integer; `text`: any other key; `place`: no key, rows are named by where they lie. */
  readonly keyKind: 'number' | 'text' | 'place';
  /** An expression that selects the row key as text. */
  readonly keyExpression: string;
  readonly orderedBy: string;
  readonly orderedBackwards: string;
  /** A condition on the key whose parameters begin at `$first`. */
  condition(operator: '>' | '<=' | '=', key: RowKey, first: number): KeyCondition;
  /** Many keys as array parameters beginning at `$first`, to be joined with. */
  list(keys: readonly RowKey[], first: number): KeyList;
  parse(text: string): RowKey;
  /** The same of what `keyExpression` selects in binary form, which lies between two places in `bytes`. */
  readBinary(bytes: DataView, start: number, end: number): RowKey;
  /** The texts of a key's columns, in its order. */
  partsOf(key: RowKey): readonly string[];
  /** A condition that finds the row, with its values written out, for people. */
  describe(key: RowKey): string;
}

/** A condition on the key of rows, and the values of its parameters. */
export interface KeyCondition {
  readonly sql: string;
  readonly values: readonly Parameter[];
}

/** Arrays for `unnest`, the names of its columns, and how they meet the table's. */
interface KeyList {
  readonly arrays: readonly string[];
  readonly names: readonly string[];
  readonly values: readonly Parameter[];
  readonly join: string;
}

/** Types of keys that are numbers. */
export const integerTypes: ReadonlySet<string> = new Set(['smallint', 'integer', 'bigint']);

/** Chooses how to address a table's rows. Casts stand on parameters alone: one on a column would bypass its index. */
export function addressingOf({ key }: TableShape): RowAddressing {
  const [first] = key;
  if (first === undefined) return addressByText([{ sql: 'target.ctid', castType: 'tid' }], 'place');
  if (key.length === 1 && integerTypes.has(first.castType)) return addressByNumber(columnOf(first.name));
  return addressByText(
    key.map(({ name, castType }) => ({ sql: columnOf(name), castType })),
    'text',
  );
}

function columnOf(name: string): string {
  return `target.${quoteIdentifier(name)}`;
}

function addressByNumber(column: string): RowAddressing {
  return {
    keyKind: 'number',
    keyExpression: column,
    orderedBy: column,
    orderedBackwards: `${column} DESC`,
    condition: (operator, key, first) => ({
      sql: `${column} ${operator} $${String(first)}::int8`,
      values: [String(key)],
    }),
    list: (keys, first) => ({
      arrays: [`$${String(first)}::int8[]`],
      names: ['key_1'],
      values: [encodeInt8Array(keys as readonly bigint[])],
      join: `${column} = wanted.key_1`,
    }),
    parse: (text) => BigInt(text),
    readBinary: readInteger,
    partsOf: (key) => [String(key)],
    describe: (key) => `${bare(column)} = ${key}`,
  };
}

/** A `smallint`, an `integer` or a `bigint`. */
function readInteger(bytes: DataView, start: number, end: number): bigint {
  switch (end - start) {
    case 2:
      return BigInt(bytes.getInt16(start));
    case 4:
      return BigInt(bytes.getInt32(start));
    default:
      return bytes.getBigInt64(start);
  }
}

interface KeyColumn {
  readonly sql: string;
  readonly castType: string;
}

/** A key is rendered by the database as a JSON array of its columns' own texts: `["7","a,b"]`. */
function addressByText(columns: readonly KeyColumn[], keyKind: 'text' | 'place'): RowAddressing {
  const tuple = (parts: readonly string[]): string =>
    parts.length === 1 ? parts.join() : `(${parts.join(', ')})`;
  const names = columns.map((_, index) => `key_${String(index + 1)}`);
  return {
    keyKind,
    keyExpression: `json_build_array(${columns.map(({ sql }) => `${sql}::text`).join(', ')})`,
    orderedBy: columns.map(({ sql }) => sql).join(', '),
    orderedBackwards: columns.map(({ sql }) => `${sql} DESC`).join(', '),
    condition(operator, key, first) {
      const places = columns.map(({ castType }, index) => `$${String(first + index)}::text::${castType}`);
      return {
        sql: `${tuple(columns.map(({ sql }) => sql))} ${operator} ${tuple(places)}`,
        values: partsOf(key),
      };
    },
    list(keys, first) {
      const parts = keys.map(partsOf);
      return {
        arrays: columns.map((_, index) => `$${String(first + index)}::text[]`),
        names,
        values: columns.map((_, index) => encodeTextArray(parts.map((part) => part[index]))),
        join: columns
          .map(({ sql, castType }, index) => `${sql} = wanted.${names[index] ?? ''}::${castType}`)
          .join(' AND '),
      };
    },
    parse: (text) => text,
    readBinary: ({ buffer, byteOffset }, start, end) =>
      Buffer.from(buffer, byteOffset + start, end - start).toString('utf8'),
    partsOf,
    describe: (key) =>
      partsOf(key)
        .map((part, index) => `${bare(columns[index]?.sql ?? '')} = '${part.replaceAll("'", "''")}'`)
        .join(' AND '),
  };
}

/** Without the name that only our statements give the table. */
function bare(column: string): string {
  return column.replace(/^target\./u, '');
}

function partsOf(key: RowKey): readonly string[] {
  return JSON.parse(String(key)) as readonly string[];
}

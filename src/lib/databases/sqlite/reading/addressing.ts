import type Database from 'better-sqlite3';
import type { RowKey } from '../../../model/cells/row-batch.ts';
import { quoteIdentifier } from '../../quote-identifier.ts';
import { descendingKeyColumns, tableName, type TableShape } from '../schema/schema.ts';
import {
  compareInOrder,
  orderedBy,
  type KeyCondition,
  type KeyPart,
  type OrderedColumn,
} from './key-order.ts';

/** How rows of one table are named in SQL: physical order, because any other costs several times as much. */
export interface RowAddressing {
  /** `number`: the greatest key is the last one. `place`: the same, but only while nobody writes to the table. */
  readonly keyKind: 'number' | 'text' | 'place';
  /** What stands in the `FROM` clause in place of the table. */
  readonly source?: string;
  /** An expression that selects the row key. */
  readonly keyExpression: string;
  /** The columns of `ORDER BY`, first to last. */
  readonly orderedBy: string;
  /** The same, last to first. */
  readonly orderedBackwards: string;
  /** A condition on the key, with its parameters. */
  condition(operator: '>' | '<=' | '=', key: RowKey): KeyCondition;
  /** The same for one row, with its key written out, for people to paste. */
  describe(key: RowKey): string;
}

/** Chooses how to read a table's rows in their physical order. */
export function addressingOf(database: Database.Database, shape: TableShape): RowAddressing {
  if (shape.primaryKey.length > 0) {
    return addressByPrimaryKey(shape.primaryKey, descendingKeyColumns(database, shape.table));
  }
  return shape.rowidName === null
    ? addressByPlace(tableName(shape))
    : addressByRowid(quoteIdentifier(shape.rowidName));
}

/** The same for writing; a table in which nothing names a row for longer than a statement lasts is never planned. */
export function writableAddressingOf(database: Database.Database, shape: TableShape): RowAddressing {
  if (shape.primaryKey.length > 0 || shape.rowidName !== null) return addressingOf(database, shape);
  throw new Error(`the rows of table "${shape.table}" cannot be addressed`);
}

/** A table that can only be read: its rows are counted as they come, which holds within one statement alone. */
function addressByPlace(table: string): RowAddressing {
  const place = 'keyturn_place';
  return {
    ...addressByRowid(place),
    keyKind: 'place',
    // An index must not decide about the order: each statement would choose another one.
    source: `(SELECT row_number() OVER () AS ${place}, * FROM ${table} NOT INDEXED)`,
  };
}

function addressByRowid(rowid: string): RowAddressing {
  const sql = { '>': `${rowid} > ?`, '<=': `${rowid} <= ?`, '=': `${rowid} = ?` };
  return {
    keyKind: 'number',
    keyExpression: rowid,
    orderedBy: rowid,
    orderedBackwards: `${rowid} DESC`,
    condition: (operator, key) => ({ sql: sql[operator], parameters: [key] }),
    describe: (key) => `${rowid} = ${String(key)}`,
  };
}

/**
 * For tables without rowid. A key is rendered by the database as one text, each column with the first letter of
 * its storage class: `i-7,t616263` is (-7, 'abc'). Text stands as the hexadecimal of its bytes, so that keys
 * which are no valid UTF-8 come through whole.
 */
function addressByPrimaryKey(columns: readonly string[], descending: ReadonlySet<string>): RowAddressing {
  const names = columns.map(quoteIdentifier);
  const tuple = names.length === 1 ? names.join('') : `(${names.join(', ')})`;
  const isMixed =
    columns.some((column) => descending.has(column)) && !columns.every((column) => descending.has(column));
  const order = columns.map((column, index): OrderedColumn => ({
    column: names[index] ?? '',
    direction: isMixed && descending.has(column) ? 'down' : 'up',
  }));
  return {
    keyKind: 'text',
    keyExpression: names.map(renderedPart).join(` || ',' || `),
    orderedBy: orderedBy(order, 'forwards'),
    orderedBackwards: orderedBy(order, 'backwards'),
    condition(operator, key) {
      const parts = String(key).split(',').map(parsePart);
      if (isMixed && operator !== '=') return compareInOrder(order, operator, parts);
      const values = parts.map((part) => part.placeholder).join(', ');
      return {
        sql: `${tuple} ${operator} ${parts.length === 1 ? values : `(${values})`}`,
        parameters: parts.map((part) => part.value),
      };
    },
    describe: (key) =>
      String(key)
        .split(',')
        .map((part, index) => `${names[index] ?? ''} = ${literal(parsePart(part))}`)
        .join(' AND '),
  };
}

/** A value as SQL; text that a terminal might not show as it is stands as its bytes. */
function literal({ placeholder, value }: KeyPart): string {
  if (!(value instanceof Uint8Array)) return String(value);
  const bytes = Buffer.from(value);
  if (placeholder === '?') return `x'${bytes.toString('hex')}'`;
  const isPlain = /^[\x20-\x7e]*$/u.test(bytes.toString('latin1'));
  return isPlain
    ? `'${bytes.toString('latin1').replaceAll("'", "''")}'`
    : `CAST(x'${bytes.toString('hex')}' AS TEXT)`;
}

/** Renders one column of a key, see `addressByPrimaryKey`. */
export function renderedPart(name: string): string {
  return `CASE typeof(${name})
    WHEN 'integer' THEN 'i' || ${name}
    WHEN 'real' THEN 'r' || printf('%!.17g', ${name})
    WHEN 'text' THEN 't' || hex(CAST(${name} AS BLOB))
    ELSE 'b' || hex(${name}) END`;
}

function parsePart(part: string): KeyPart {
  const content = part.slice(1);
  switch (part.slice(0, 1)) {
    case 'i':
      return { placeholder: '?', value: BigInt(content) };
    case 'r':
      return { placeholder: '?', value: Number(content.replace('Inf', 'Infinity')) };
    case 't':
      return { placeholder: 'CAST(? AS TEXT)', value: Buffer.from(content, 'hex') };
    default:
      return { placeholder: '?', value: Buffer.from(content, 'hex') };
  }
}

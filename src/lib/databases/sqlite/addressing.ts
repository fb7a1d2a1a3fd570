import { KeyturnError } from '../../model/keyturn-error.ts';
import type { RowKey } from '../../model/row-batch.ts';
import type { StoredValue } from '../../model/stored-value.ts';
import { quoteIdentifier } from '../quote-identifier.ts';
import type { TableShape } from './schema.ts';

/** How rows of one table are named in SQL: physical order, because any other costs several times as much. */
export interface RowAddressing {
  /** `number`: the greatest key is the last one. */
  readonly keyKind: 'number' | 'text';
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

export interface KeyCondition {
  readonly sql: string;
  readonly parameters: readonly StoredValue[];
}

/** Chooses how to address a table's rows. */
export function addressingOf(shape: TableShape): RowAddressing {
  if (shape.primaryKey.length > 0) return addressByPrimaryKey(shape.primaryKey);
  if (shape.rowidName !== null) return addressByRowid(quoteIdentifier(shape.rowidName));
  throw new KeyturnError({
    code: 'KT_TABLE_WITHOUT_ADDRESS',
    reason: 'usage',
    message: `the rows of table "${shape.table}" cannot be addressed: its columns hide every name of the rowid`,
    hints: [
      'rebuild it with an INTEGER PRIMARY KEY: CREATE TABLE, INSERT ... SELECT, DROP TABLE, ALTER TABLE ... RENAME TO',
    ],
  });
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
function addressByPrimaryKey(columns: readonly string[]): RowAddressing {
  const names = columns.map(quoteIdentifier);
  const tuple = names.length === 1 ? names.join('') : `(${names.join(', ')})`;
  return {
    keyKind: 'text',
    keyExpression: names.map(renderedPart).join(` || ',' || `),
    orderedBy: names.join(', '),
    orderedBackwards: names.map((name) => `${name} DESC`).join(', '),
    condition(operator, key) {
      const parts = String(key).split(',').map(parsePart);
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

/** One column of a key: how it stands in SQL, and its value. */
interface KeyPart {
  readonly placeholder: string;
  readonly value: StoredValue;
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

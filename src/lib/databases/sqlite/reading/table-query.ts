import { encodeRowKey, type CanonicalKeys } from '../../../model/cells/cell-places.ts';
import type { RowBatch, RowKey } from '../../../model/cells/row-batch.ts';
import type { StoredValue } from '../../../model/cells/stored-value.ts';
import type { OpenedColumn } from '../../../model/columns/opened-column.ts';
import { quoteIdentifier } from '../../quote-identifier.ts';
import type { KeyReading } from '../../target-table.ts';
import { balancedExpression } from '../balanced-expression.ts';
import type { SqliteConnection } from '../connection/connection.ts';
import { declaredKeyOf, readShape, tableName } from '../schema/schema.ts';
import { addressingOf, type RowAddressing } from './addressing.ts';
import type { KeyCondition } from './key-order.ts';
import { selectedColumn, storedName } from './opened-columns.ts';

/** Queries on some columns of one table, each row with its key first. */
export interface TableQuery {
  /** The columns that are there, quoted. */
  readonly names: readonly string[];
  readonly addressing: RowAddressing;
  /** The table, quoted. */
  readonly target: string;
  /** The `FROM` clause. */
  readonly from: string;
  /** Runs a query as it stands; a row is an array, its key first. */
  all(sql: string, parameters: readonly StoredValue[]): readonly RawRow[];
  /** Reads the key and the cells of all rows that fulfil every condition, in walking order. */
  select(...conditions: readonly KeyCondition[]): RowBatch;
  /** The condition for rows behind a key; for every row when it is `null`. */
  behind(after: RowKey | null): KeyCondition;
  /** Reads single rows; those that are gone are left out. */
  readRows(keys: readonly RowKey[]): RowBatch;
  /** `SELECT` of the key as `row_key` and of the content of the cells in bytes, from the row headers alone. */
  readonly selectSizes: string;
}

/** Which cells of a table are read, and whether the values of its primary key are read with them. */
export interface ReadCells {
  readonly table: string;
  readonly columns: readonly OpenedColumn[];
  readonly canonicalKeys: KeyReading;
}

/** One row as the driver hands it out: its key, its cells, the values of its primary key where they are read. */
type RawRow = readonly [RowKey, ...StoredValue[]];

/** Prepares queries on some columns of a table. */
export function createTableQuery(
  connection: SqliteConnection,
  { table, columns, canonicalKeys }: ReadCells,
): TableQuery {
  const shape = readShape(connection.database, table);
  const addressing = addressingOf(connection.database, shape);
  const names = columns.flatMap((column) => storedName(column) ?? []);
  const target = tableName(shape);
  const from = `FROM ${addressing.source ?? target}`;
  const primaryKey = canonicalKeys === 'read' ? declaredKeyOf(shape).map(quoteIdentifier) : [];
  const cells = columns.map((column) => selectedColumn(shape, column));
  const selectCells = `SELECT ${[addressing.keyExpression, ...cells, ...primaryKey].join(', ')} ${from}`;
  const sizes = names.map((name) => `coalesce(octet_length(${name}), 0)`);
  const bytes = balancedExpression(['0', ...sizes], '+');
  const all: TableQuery['all'] = (sql, parameters) =>
    connection.statements.prepare(sql).all(...parameters) as RawRow[];
  const toBatch = (rows: readonly RawRow[]): RowBatch => ({
    keys: rows.map((row) => row[0]),
    columns: columns.map((_, column) => rows.map((row) => row[column + 1] as StoredValue)),
    ...(canonicalKeys === 'read' && { canonicalKeys: namesOf(rows) }),
  });
  const namesOf = (rows: readonly RawRow[]): CanonicalKeys =>
    primaryKey.length === 0
      ? 'none'
      : rows.map((row) => encodeRowKey(row.slice(columns.length + 1) as StoredValue[]));
  return {
    names,
    addressing,
    target,
    from,
    selectSizes: `SELECT ${addressing.keyExpression} AS row_key, ${bytes} AS bytes ${from}`,
    all,
    readRows: (keys) =>
      toBatch(
        keys.flatMap((key) => {
          const { sql, parameters } = addressing.condition('=', key);
          return all(`${selectCells} WHERE ${sql}`, parameters);
        }),
      ),
    select(...conditions) {
      const where = conditions.map((condition) => condition.sql).join(' AND ');
      const parameters = conditions.flatMap((condition) => condition.parameters);
      return toBatch(all(`${selectCells} WHERE ${where} ORDER BY ${addressing.orderedBy}`, parameters));
    },
    behind: (after) => (after === null ? { sql: 'true', parameters: [] } : addressing.condition('>', after)),
  };
}

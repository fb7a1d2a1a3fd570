import Database from 'better-sqlite3';
import type { RowKey } from '../../../model/cells/row-batch.ts';
import type { CellValue } from '../../../model/cells/stored-value.ts';
import { quoteIdentifier } from '../../quote-identifier.ts';
import type { ValueRefusal } from '../../target-table.ts';
import type { SqliteConnection } from '../connection/connection.ts';
import { addressingOf } from '../reading/addressing.ts';
import { indexesOver } from './indexes-over.ts';
import { readShape, tableName, type TableShape } from './schema.ts';

/** Values for one column of rows that are there. */
export interface TriedValues {
  readonly table: string;
  readonly column: string;
  readonly values: ReadonlyMap<RowKey, CellValue>;
}

/**
 * What of a table refuses values: they are put into an empty table like it, in memory, with the indexes over the column. A row that is
 * refused as it stands tells nothing; neither does a table that cannot be made without the application.
 */
export function findRefusals(connection: SqliteConnection, tried: TriedValues): readonly ValueRefusal[] {
  const scratch = new Database(':memory:');
  try {
    scratch.pragma('foreign_keys = OFF');
    makeLike(scratch, connection.database, tried);
    return countRefusals(connection, scratch, tried);
  } catch (error) {
    if (error instanceof Database.SqliteError) return [];
    throw error;
  } finally {
    scratch.close();
  }
}

function makeLike(
  scratch: Database.Database,
  database: Database.Database,
  { table, column }: TriedValues,
): void {
  const made = database
    .prepare<[string], string>("SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = ?")
    .pluck()
    .get(table);
  if (made === undefined) throw new Error(`there is no table "${table}"`);
  scratch.exec(made);
  for (const { sql } of indexesOver(database, table, column)) scratch.exec(sql);
}

function countRefusals(
  { database, statements }: SqliteConnection,
  scratch: Database.Database,
  { table, column, values }: TriedValues,
): readonly ValueRefusal[] {
  const shape = readShape(database, table);
  const addressing = addressingOf(database, shape);
  const names = writtenColumns(shape);
  const list = names.map(quoteIdentifier).join(', ');
  const insert = scratch.prepare(
    `INSERT INTO ${quoteIdentifier(table)}(${list}) VALUES (${names.map(() => '?').join(', ')})`,
  );
  const counts = new Map<string, number>();
  for (const [key, value] of values) {
    const { sql, parameters } = addressing.condition('=', key);
    const [row] = statements
      .prepare(`SELECT ${list} FROM ${tableName(shape)} WHERE ${sql}`)
      .all(...parameters) as unknown[][];
    if (row === undefined || refusalOf(scratch, () => insert.run(row)) !== undefined) continue;
    const replaced = row.map((stored, index) => (names[index] === column ? value : stored));
    const by = refusalOf(scratch, () => insert.run(replaced));
    if (by !== undefined) counts.set(by, (counts.get(by) ?? 0) + 1);
  }
  return [...counts].map(([by, rows]) => ({ by, rows }));
}

function writtenColumns({ columns }: TableShape): readonly string[] {
  return columns.filter(({ hidden }) => hidden === 0).map(({ name }) => name);
}

/** What refuses a row, in words; undefined where it fits. The row is gone afterwards in any case. */
function refusalOf(scratch: Database.Database, insert: () => Database.RunResult): string | undefined {
  scratch.exec('BEGIN');
  try {
    return insert().changes === 0 ? 'a CHECK of the table' : undefined;
  } catch (error) {
    if (!(error instanceof Database.SqliteError)) throw error;
    return reasons[error.code] ?? 'a generated column of the table, or an index over an expression,';
  } finally {
    if (scratch.inTransaction) scratch.exec('ROLLBACK');
  }
}

const reasons: Readonly<Record<string, string>> = {
  SQLITE_CONSTRAINT_CHECK: 'a CHECK of the table',
  SQLITE_CONSTRAINT_DATATYPE: 'the type of the column (the table is STRICT)',
  SQLITE_MISMATCH: 'the type of the column',
};

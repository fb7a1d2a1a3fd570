import Database from 'better-sqlite3';
import type { PlacedColumn } from '../../../model/columns/placed-column.ts';
import { quoteIdentifier } from '../../quote-identifier.ts';
import { retiredTableSql } from '../columns/retired-column.ts';

/** How many rows of a table are tried. */
const triedRows = 100;

/**
 * What keeps a column from holding NULL once it is retired, in words; undefined where nothing does. NOT NULL goes with that, a CHECK
 * does not: some rows of the table are put without the value into an empty table like it, in memory.
 */
export function findNullRefusal(
  database: Database.Database,
  { table, column }: PlacedColumn,
): string | undefined {
  const scratch = new Database(':memory:');
  try {
    scratch.pragma('foreign_keys = OFF');
    scratch.exec(retiredTableSql(database, table, column));
    return tryRows(database, scratch, { table, column });
  } catch (error) {
    // What a CHECK calls may be known to the application alone.
    if (error instanceof Database.SqliteError) return undefined;
    throw error;
  } finally {
    scratch.close();
  }
}

function tryRows(
  database: Database.Database,
  scratch: Database.Database,
  { table, column }: PlacedColumn,
): string | undefined {
  const names = database
    .prepare<[string], string>('SELECT name FROM pragma_table_info(?)')
    .pluck()
    .all(table);
  const list = names.map(quoteIdentifier).join(', ');
  const at = names.findIndex((name) => name.toLowerCase() === column.toLowerCase());
  const rows = database
    .prepare(`SELECT ${list} FROM main.${quoteIdentifier(table)} LIMIT ${String(triedRows)}`)
    .safeIntegers()
    .raw()
    .all() as unknown[][];
  const insert = scratch.prepare(
    `INSERT INTO ${quoteIdentifier(table)}(${list}) VALUES (${names.map(() => '?').join(', ')})`,
  );
  for (const row of rows) {
    try {
      insert.run(row.map((value, index) => (index === at ? null : value)));
    } catch (error) {
      if (!(error instanceof Database.SqliteError)) throw error;
      const refusal = refusals[error.code];
      if (refusal !== undefined) return refusal;
    }
  }
  return undefined;
}

/** NOT NULL of the column itself is gone; one that is left is that of a column which is computed from it. */
const refusals: Readonly<Record<string, string>> = {
  SQLITE_CONSTRAINT_CHECK: 'a CHECK of its table',
  SQLITE_CONSTRAINT_NOTNULL: 'a generated column of its table (NOT NULL)',
};

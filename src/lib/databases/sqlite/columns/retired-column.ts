import Database from 'better-sqlite3';
import { KeyturnError } from '../../../model/keyturn-error.ts';
import type { ColumnPair, RetiredColumn } from '../../../model/schema/column-pair.ts';
import { quoteIdentifier } from '../../quote-identifier.ts';
import { indexesOver } from '../schema/indexes-over.ts';
import {
  defaultIn,
  findDefinition,
  withoutChecks,
  withoutDefault,
  withoutNotNull,
} from '../schema/table-definition.ts';

/** Lets a plaintext column take NULL, and tells what it was; what is to be dropped loses its indexes. */
export function retireColumn(
  database: Database.Database,
  { table, plaintext }: ColumnPair,
  kind: RetiredColumn['kind'],
): RetiredColumn {
  const definition = definitionOf(database, table, plaintext);
  redefine(database, { table, column: plaintext, definition: retiredDefinition(definition) });
  const indexes = kind === 'dropped' ? indexesOver(database, table, plaintext) : [];
  for (const { name } of indexes) database.exec(`DROP INDEX main.${quoteIdentifier(name)}`);
  return { kind, definition, afterwards: indexes.map(({ sql }) => sql) };
}

/** The definition of a table as it is once one of its columns is retired. */
export function retiredTableSql(database: Database.Database, table: string, column: string): string {
  const sql = tableSql(database, table);
  const span = findDefinition(sql, column);
  if (span === undefined) return sql;
  return sql.slice(0, span.start) + retiredDefinition(sql.slice(span.start, span.end)) + sql.slice(span.end);
}

/**
 * A default that is another one in each row (random, the time) cannot be told from what somebody writes, and goes; in no
 * row it stands for a value that is not stored. A constant one may: it stays.
 */
function retiredDefinition(definition: string): string {
  const open = openDefinition(definition);
  return isConstantDefault(open) ? open : withoutDefault(open);
}

/** Without what a row that holds no value would offend. */
function openDefinition(definition: string): string {
  return withoutChecks(withoutNotNull(definition));
}

/** SQLite adds no column with any other default to a table that has rows. */
function isConstantDefault(definition: string): boolean {
  const scratch = new Database(':memory:');
  try {
    scratch.exec('CREATE TABLE t(one); INSERT INTO t DEFAULT VALUES');
    scratch.exec(`ALTER TABLE t ADD COLUMN two ${defaultIn(definition) ?? ''}`);
    return true;
  } catch (error) {
    if (error instanceof Database.SqliteError) return false;
    throw error;
  } finally {
    scratch.close();
  }
}

/** Adds the column again, if it was dropped, without what holds only once it is filled. */
export function readdColumn(
  database: Database.Database,
  { table, plaintext }: ColumnPair,
  { definition }: RetiredColumn,
): void {
  if (hasColumn(database, table, plaintext)) return;
  database.exec(`ALTER TABLE main.${quoteIdentifier(table)} ADD COLUMN ${openDefinition(definition)}`);
}

/** Makes the column what it was, now that it is filled. */
export function restoreColumn(
  database: Database.Database,
  pair: ColumnPair,
  { definition, afterwards }: RetiredColumn,
): void {
  const { table, plaintext } = pair;
  if (definition !== withoutNotNull(definition)) refuseNull(database, table, plaintext);
  const isChecked = definition !== withoutChecks(definition) && isSound(database, table);
  redefine(database, { table, column: plaintext, definition });
  if (isChecked && !isSound(database, table)) throw offendsCheck(pair);
  for (const sql of afterwards) database.exec(sql);
}

function hasColumn(database: Database.Database, table: string, column: string): boolean {
  const found = database
    .prepare<[string, string]>('SELECT 1 FROM pragma_table_xinfo(?) WHERE lower(name) = lower(?)')
    .get(table, column);
  return found !== undefined;
}

function definitionOf(database: Database.Database, table: string, column: string): string {
  const sql = tableSql(database, table);
  const span = findDefinition(sql, column);
  if (span === undefined) throw new Error(`table "${table}" does not define the column "${column}"`);
  return sql.slice(span.start, span.end);
}

function tableSql(database: Database.Database, table: string): string {
  const row = database
    .prepare<[string], { sql: string }>("SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = ?")
    .get(table);
  if (row === undefined) throw new Error(`there is no table "${table}"`);
  return row.sql;
}

/**
 * Exchanges a column's definition for one that differs in `NOT NULL`, or in a default that no row stands for: nothing in the
 * file depends on them. This is the way that SQLite's own documentation names for it (lang_altertable.html, section 7).
 */
function redefine(
  database: Database.Database,
  {
    table,
    column,
    definition,
  }: { readonly table: string; readonly column: string; readonly definition: string },
): void {
  const sql = tableSql(database, table);
  const span = findDefinition(sql, column);
  if (span === undefined || sql.slice(span.start, span.end) === definition) return;
  const redefined = sql.slice(0, span.start) + definition + sql.slice(span.end);
  database.unsafeMode(true);
  try {
    const version = Number(database.pragma('schema_version', { simple: true }));
    database.pragma('writable_schema = ON');
    database
      .prepare("UPDATE main.sqlite_schema SET sql = ? WHERE type = 'table' AND name = ?")
      .run(redefined, table);
    database.pragma(`schema_version = ${version + 1}`);
    database.pragma('writable_schema = RESET');
  } finally {
    database.unsafeMode(false);
  }
}

function refuseNull(database: Database.Database, table: string, column: string): void {
  const empty = database
    .prepare(`SELECT 1 FROM main.${quoteIdentifier(table)} WHERE ${quoteIdentifier(column)} IS NULL LIMIT 1`)
    .get();
  if (empty === undefined) return;
  throw new KeyturnError({
    code: 'KT_COLUMN_NOT_RESTORED',
    reason: 'rollbackImpossible',
    message: `column "${column}" of table "${table}" was NOT NULL, and rows that were written since have no value for it`,
    hints: [
      `give these rows a value, then run the same command again: ... WHERE ${quoteIdentifier(column)} IS NULL`,
    ],
  });
}

/** Whether every row of a table keeps to its constraints. */
function isSound(database: Database.Database, table: string): boolean {
  return database.pragma(`quick_check(${quoteIdentifier(table)})`, { simple: true }) === 'ok';
}

function offendsCheck({ table, plaintext }: ColumnPair): KeyturnError {
  return new KeyturnError({
    code: 'KT_COLUMN_NOT_RESTORED',
    reason: 'rollbackImpossible',
    message: `column "${plaintext}" of table "${table}" had a CHECK, which rows that were written since offend`,
    hints: ['give these rows values that fit, then run the same command again'],
  });
}

import { createHash } from 'node:crypto';
import type Database from 'better-sqlite3';
import { ledgerTableNames } from '../../model/ledger-table-names.ts';
import type { ColumnDescription, TableDescription, TriggerDescription } from '../target-database.ts';
import { quoteIdentifier } from './identifier.ts';
import { readTriggerEvent } from './trigger-event.ts';

interface ColumnRow {
  readonly name: string;
  readonly type: string;
  readonly pk: number;
  /** 0 ordinary, 1 hidden column of a virtual table, 2 and 3 generated. */
  readonly hidden: number;
}

interface TableRow {
  readonly name: string;
  /** 1 for a WITHOUT ROWID table. */
  readonly wr: number;
}

/** How the rows of a table are addressed. */
export interface TableShape {
  readonly table: string;
  readonly columns: readonly ColumnRow[];
  /** The primary key's columns in order, for a table without rowid; empty for one with. */
  readonly primaryKey: readonly string[];
  /** A name that reaches the rowid; columns may hide its usual names. `null`: all are hidden. */
  readonly rowidName: string | null;
  /** Whether the rowid is a declared column, which VACUUM leaves alone. */
  readonly rowidIsDeclared: boolean;
}

const ledgerTables = ledgerTableNames.map((name) => `'${name}'`).join(', ');

/** All ordinary tables of users: no views, no virtual and shadow tables, none of SQLite's and none of ours. */
export function listTables(database: Database.Database): readonly TableDescription[] {
  const tables = database
    .prepare<[], TableRow>(
      `SELECT name, wr FROM pragma_table_list
       WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
         AND name NOT IN (${ledgerTables})
       ORDER BY name`,
    )
    .all();
  return tables.map(({ name }) => describeTable(database, name));
}

/** Reads how a table's rows are addressed. */
export function readShape(database: Database.Database, table: string): TableShape {
  const columns = database
    .prepare<[string], ColumnRow>('SELECT name, type, pk, hidden FROM pragma_table_xinfo(?)')
    .all(table);
  const withoutRowid =
    database
      .prepare<[string], TableRow>(
        "SELECT name, wr FROM pragma_table_list WHERE schema = 'main' AND name = ?",
      )
      .get(table)?.wr === 1;
  const names = new Set(columns.map((column) => column.name.toLowerCase()));
  const primaryKey = columns.filter((column) => column.pk > 0).sort((one, other) => one.pk - other.pk);
  const alias = withoutRowid ? undefined : rowidAlias(database, table, primaryKey);
  return {
    table,
    columns,
    primaryKey: withoutRowid ? primaryKey.map((column) => column.name) : [],
    rowidName: alias ?? ['rowid', '_rowid_', 'oid'].find((name) => !names.has(name)) ?? null,
    rowidIsDeclared: alias !== undefined,
  };
}

/** An `INTEGER PRIMARY KEY` is the rowid itself, unless it was declared `DESC`, which gives it an index of its own. */
function rowidAlias(
  database: Database.Database,
  table: string,
  primaryKey: readonly ColumnRow[],
): string | undefined {
  const only = primaryKey.length === 1 ? primaryKey[0] : undefined;
  if (only?.type.toUpperCase() !== 'INTEGER') return undefined;
  const ownIndex = database
    .prepare<[string]>("SELECT 1 FROM pragma_index_list(?) WHERE origin = 'pk'")
    .get(table);
  return ownIndex === undefined ? only.name : undefined;
}

function describeTable(database: Database.Database, table: string): TableDescription {
  const shape = readShape(database, table);
  const triggers = readTriggers(database, table);
  const emptying = readEmptyingReferences(database, shape);
  const definition = database
    .prepare<[string], { sql: string }>("SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = ?")
    .get(table);
  return {
    table,
    columns: shape.columns.map((column) => describeColumn(shape, column, emptying)),
    keys: shape.primaryKey.length > 0 || shape.rowidIsDeclared ? 'stable' : 'renumbering',
    triggers: triggers
      .filter((trigger) => trigger.firesOnUpdate)
      .map(({ name, columns }) => ({ name, columns })),
    fingerprint: createHash('sha256')
      .update(JSON.stringify([shape, definition?.sql, triggers.map((trigger) => trigger.sql), ...emptying]))
      .digest('hex'),
  };
}

function describeColumn(
  shape: TableShape,
  column: ColumnRow,
  emptying: readonly string[],
): ColumnDescription {
  return { name: column.name, declaredType: column.type, kind: kindOf(shape, column, emptying) };
}

function kindOf(
  shape: TableShape,
  { name, hidden }: ColumnRow,
  emptying: readonly string[],
): ColumnDescription['kind'] {
  if (hidden > 1) return 'generated';
  if (shape.primaryKey.includes(name) || (shape.rowidIsDeclared && shape.rowidName === name)) return 'key';
  return emptying.includes(name.toLowerCase()) ? 'referenced' : 'ordinary';
}

/**
 * The columns, in lower case, that foreign keys refer to whose ON UPDATE sets the referring cells to NULL or to their
 * default: whoever rewrites such a column loses those cells. A foreign key that names no column means the primary key.
 */
function readEmptyingReferences(
  database: Database.Database,
  { table, columns }: TableShape,
): readonly string[] {
  const references = database
    .prepare<[string], { column: string | null }>(
      `SELECT DISTINCT reference."to" AS column
       FROM sqlite_schema AS referring JOIN pragma_foreign_key_list(referring.name) AS reference
       WHERE referring.type = 'table' AND lower(reference."table") = lower(?)
         AND reference.on_update IN ('SET NULL', 'SET DEFAULT') ORDER BY 1`,
    )
    .all(table);
  const primaryKey = columns.filter(({ pk }) => pk > 0).map(({ name }) => name);
  return references.flatMap(({ column }) => column ?? primaryKey).map((name) => name.toLowerCase());
}

interface ReadTrigger extends TriggerDescription {
  readonly sql: string;
  readonly firesOnUpdate: boolean;
}

function readTriggers(database: Database.Database, table: string): readonly ReadTrigger[] {
  const rows = database
    .prepare<[string], { name: string; sql: string }>(
      `SELECT name, sql FROM sqlite_schema
       WHERE type = 'trigger' AND lower(tbl_name) = lower(?) ORDER BY name`,
    )
    .all(table);
  return rows.map(({ name, sql }) => {
    const event = readTriggerEvent(sql);
    const isUpdate = event.kind === 'update';
    return { name, sql, firesOnUpdate: isUpdate, columns: isUpdate ? event.columns : null };
  });
}

/** The table as it must be quoted in SQL. */
export function tableName(shape: TableShape): string {
  return `main.${quoteIdentifier(shape.table)}`;
}

import { createHash } from 'node:crypto';
import type Database from 'better-sqlite3';
import { ledgerTableNames } from '../../../model/databases/ledger-table-names.ts';
import type { ColumnKind } from '../../../model/plans/column-kind.ts';
import { parentsFirst } from '../../parents-first.ts';
import { quoteIdentifier } from '../../quote-identifier.ts';
import type { ColumnDescription, TableDescription, TriggerDescription } from '../../table-description.ts';
import { listForeignKeys, readIncomingReferences, type IncomingReferences } from './foreign-keys.ts';
import { readTriggerEvent } from './trigger-event.ts';
import { guardTriggers, pairTriggers } from './trigger-names.ts';
import { shadowsOfMissingModules } from './virtual-tables.ts';

interface ColumnRow {
  readonly name: string;
  readonly type: string;
  readonly pk: number;
  /** 0 ordinary, 1 hidden column of a virtual table, 2 and 3 generated. */
  readonly hidden: number;
}

interface TableRow {
  readonly name: string;
  readonly type: 'table' | 'shadow';
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

/**
 * All tables that hold rows of users, those of virtual tables included; no views, none of SQLite's and none of ours.
 * A table stands behind those whose cells its own follow. Asked for one by one, because a view that is broken, which
 * SQLite tolerates until it is used, makes the list of all tables fail.
 */
export function listTables(database: Database.Database): readonly TableDescription[] {
  const isShadowUntold = shadowsOfMissingModules(database);
  const tables = database
    .prepare<[], TableRow>(
      `SELECT sqlite_schema.name, list.type FROM sqlite_schema JOIN pragma_table_list(sqlite_schema.name) AS list
       WHERE sqlite_schema.type = 'table' AND list.schema = 'main' AND list.type IN ('table', 'shadow')
         AND sqlite_schema.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND sqlite_schema.name NOT IN (${ledgerTables})
       ORDER BY sqlite_schema.name`,
    )
    .all();
  const shadows = new Set(
    tables.filter(({ name, type }) => type === 'shadow' || isShadowUntold(name)).map(({ name }) => name),
  );
  const descriptions = tables.map(({ name }) => {
    const description = describeTable(database, name);
    return shadows.has(name) ? withoutWritableColumns(description) : description;
  });
  return parentsFirst(descriptions, listForeignKeys(database));
}

/** A table that belongs to a virtual table can be read, and written by its module alone. */
function withoutWritableColumns(description: TableDescription): TableDescription {
  return {
    ...description,
    columns: description.columns.map((column) => ({ ...column, kind: 'virtual' })),
  };
}

/** Reads how a table's rows are addressed. */
export function readShape(database: Database.Database, table: string): TableShape {
  const columns = database
    .prepare<[string], ColumnRow>('SELECT name, type, pk, hidden FROM pragma_table_xinfo(?)')
    .all(table);
  const withoutRowid =
    database
      .prepare<[string], { wr: number }>("SELECT wr FROM pragma_table_list(?) WHERE schema = 'main'")
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

/** The columns of the primary key in its order, whether or not rows are addressed by it. */
export function declaredKeyOf({ columns }: TableShape): readonly string[] {
  const keyColumns = columns.filter(({ pk }) => pk > 0).sort((one, other) => one.pk - other.pk);
  return keyColumns.map(({ name }) => name);
}

/** The columns of a primary key that are sorted downwards, for a table without rowid. */
export function descendingKeyColumns(database: Database.Database, table: string): ReadonlySet<string> {
  const names = database
    .prepare<[string], string>(
      `SELECT place.name FROM pragma_index_list(?) AS list JOIN pragma_index_xinfo(list.name) AS place
       WHERE list.origin = 'pk' AND place.key = 1 AND place."desc" = 1`,
    )
    .pluck()
    .all(table);
  return new Set(names);
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

/** What planning needs to know of a table. */
export function describeTable(database: Database.Database, table: string): TableDescription {
  const shape = readShape(database, table);
  const triggers = readTriggers(database, table);
  const primaryKey = declaredKeyOf(shape);
  const references = readIncomingReferences(database, table, primaryKey);
  const definition = database
    .prepare<[string], { sql: string }>("SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = ?")
    .get(table);
  return {
    table,
    primaryKey,
    columns: shape.columns.map((column) => describeColumn(shape, column, references)),
    rows: primaryKey.length > 0 ? 'lasting' : 'nameless',
    keys: shape.primaryKey.length > 0 || shape.rowidIsDeclared ? 'stable' : 'renumbering',
    triggers: triggers
      .filter((trigger) => trigger.firesOnUpdate)
      .map(({ name, columns }) => ({ name, columns })),
    fingerprint: createHash('sha256')
      .update(JSON.stringify([shape, definition?.sql, triggers.map((trigger) => trigger.sql), references]))
      .digest('hex'),
  };
}

function describeColumn(
  shape: TableShape,
  column: ColumnRow,
  references: IncomingReferences,
): ColumnDescription {
  const { name, type } = column;
  return {
    name,
    declaredType: type,
    place: { table: shape.table, column: name },
    kind: kindOf(shape, column, references),
    maximumCharacters: null,
    holds: 'cells',
  };
}

function kindOf(
  shape: TableShape,
  { name, hidden }: ColumnRow,
  { emptied, refusedLate }: IncomingReferences,
): ColumnKind {
  if (hidden > 1) return 'generated';
  if (shape.primaryKey.length === 0 && shape.rowidName === null) return 'unaddressed';
  if (shape.primaryKey.includes(name) || (shape.rowidIsDeclared && shape.rowidName === name)) return 'key';
  if (emptied.includes(name.toLowerCase())) return 'referenced';
  return refusedLate.includes(name.toLowerCase()) ? 'bound' : 'ordinary';
}

/** Tells whether an update of a table may fire triggers. */
export function firesTriggers(database: Database.Database, table: string): boolean {
  return readTriggers(database, table).some(({ firesOnUpdate }) => firesOnUpdate);
}

interface ReadTrigger extends TriggerDescription {
  readonly sql: string;
  readonly firesOnUpdate: boolean;
}

function readTriggers(database: Database.Database, table: string): readonly ReadTrigger[] {
  const rows = database
    .prepare<[string], { name: string; sql: string }>(
      `SELECT name, sql FROM sqlite_schema
       WHERE type = 'trigger' AND lower(tbl_name) = lower(?) AND name NOT GLOB '${guardTriggers}'
         AND name NOT GLOB '${pairTriggers}' ORDER BY name`,
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

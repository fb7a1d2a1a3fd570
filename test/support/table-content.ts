import type { DatabaseSync } from 'node:sqlite';
import { onCopy } from './database-copy.ts';

/** A value as it is stored: its storage class and its bytes, one character a byte. */
export interface StoredCell {
  readonly storageClass: 'null' | 'integer' | 'real' | 'text' | 'blob';
  readonly bytes: string;
}

/** Every row of a table in physical order, each by column; generated columns included. */
export interface TableContent {
  readonly table: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly StoredCell[])[];
}

/** Everything users keep in a database: no table of SQLite's and none of the ledger's; shadow tables included. */
export interface DatabaseContent {
  readonly tables: readonly TableContent[];
  /** Name and definition of everything else in the schema, and of the tables. */
  readonly schema: readonly string[];
  /** What `PRAGMA integrity_check` says. */
  readonly integrity: string;
  readonly encoding: string;
  readonly hasLedger: boolean;
}

/** A fixture may have a table of its own that is called as if it were ours. */
function notOurs(name: string): string {
  return `(${name} NOT GLOB 'keyturn_*' OR ${name} = 'keyturn_notes')`;
}

/** Reads a copy of a database, with another SQLite driver than keyturn's. */
export function readContent(path: string): DatabaseContent {
  return onCopy(path, (database) => {
    const names = column(
      database,
      `SELECT name FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'shadow')
       AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND ${notOurs('name')} ORDER BY name`,
    );
    return {
      tables: names.map((table) => readTable(database, table)),
      schema: column(
        database,
        `SELECT type || ' ' || name || ': ' || coalesce(sql, '') FROM sqlite_schema
        WHERE ${notOurs('tbl_name')} ORDER BY 1`,
      ),
      integrity: [...column(database, 'PRAGMA integrity_check')].sort().join('; '),
      encoding: column(database, 'PRAGMA encoding').join(''),
      hasLedger: column(database, "SELECT name FROM sqlite_schema WHERE name = 'keyturn_meta'").length > 0,
    };
  });
}

/** The cells in quarantine in a ledger, each as `table|row key|column|class`. */
export function readQuarantine(path: string): readonly string[] {
  return onCopy(path, (database) =>
    column(
      database,
      `SELECT table_name || '|' || row_key || '|' || column_name || '|' || reason
       FROM keyturn_cell_issue JOIN keyturn_target ON keyturn_target.id = target_id ORDER BY 1`,
    ),
  );
}

function readTable(database: DatabaseSync, table: string): TableContent {
  const columns = column(
    database,
    `SELECT name FROM pragma_table_xinfo('${table.replaceAll("'", "''")}') WHERE hidden <> 1 ORDER BY cid`,
  );
  const parts = columns.map((name) => `typeof(${quote(name)}), CAST(${quote(name)} AS BLOB)`);
  const statement = database.prepare(`SELECT ${parts.join(', ')} FROM ${quote(table)} NOT INDEXED`);
  statement.setReturnArrays(true);
  const rows = statement.all() as unknown as readonly (readonly unknown[])[];
  return {
    table,
    columns,
    rows: rows.map((row) =>
      columns.map((_, index) => ({
        storageClass: row[2 * index] as StoredCell['storageClass'],
        bytes: Buffer.from((row[2 * index + 1] as Uint8Array | null) ?? []).toString('latin1'),
      })),
    ),
  };
}

function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** The first column of a query, as text. */
function column(database: DatabaseSync, sql: string): readonly string[] {
  return database
    .prepare(sql)
    .all()
    .map((row) => String(Object.values(row)[0]));
}

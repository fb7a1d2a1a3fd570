import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import Database from 'better-sqlite3';

/** Hash of the schema and of every value of every table, the ledger's included, with storage classes. */
export function contentOf(path: string): string {
  const database = new Database(path, { readonly: true });
  try {
    const hash = createHash('sha256');
    const schema = database.prepare('SELECT type, name, sql FROM sqlite_schema ORDER BY type, name').raw();
    hash.update(JSON.stringify(schema.all()));
    for (const table of tablesOf(database)) {
      const quoted = `"${table.replaceAll('"', '""')}"`;
      const rows = database.prepare(`SELECT * FROM ${quoted}`).safeIntegers().raw().iterate();
      for (const row of rows as Iterable<unknown[]>) {
        hash.update(row.map((value) => `${typeof value}:${textOf(value)}`).join('|'));
      }
    }
    return hash.digest('hex');
  } finally {
    database.close();
  }
}

/** The bytes of a file, as a hash. */
export function bytesOf(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}

/** Names of the files in a folder. */
export function filesIn(folder: string): readonly string[] {
  return readdirSync(folder).sort();
}

function tablesOf(database: Database.Database): readonly string[] {
  const query = "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name";
  return database
    .prepare<[], { name: string }>(query)
    .all()
    .map(({ name }) => name);
}

function textOf(value: unknown): string {
  return Buffer.isBuffer(value) ? value.toString('hex') : String(value);
}

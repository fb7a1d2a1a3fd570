import Database from 'better-sqlite3';
import { Kysely } from 'kysely';
import { LedgerDialect } from '../../src/lib/databases/sqlite/ledger/ledger-dialect.ts';
import { schemaMigrations } from '../../src/lib/ledger/schema/schema-migrations.ts';
import type { LedgerTables } from '../../src/lib/ledger/schema/tables.ts';

/**
 * Turns the ledger of a database into what an older keyturn would have left: the tables of an earlier version, made by
 * its own steps, with the rows that today's ledger has, as far as that version had room for them.
 */
export async function ageLedger(path: string, version: number): Promise<void> {
  const database = new Database(path);
  try {
    database.pragma('foreign_keys = OFF');
    const tables = setAside(database);
    const ledger = new Kysely<LedgerTables>({ dialect: new LedgerDialect(database) });
    for (const step of schemaMigrations.slice(0, version)) await step.apply(ledger);
    for (const table of tables) bringBack(database, table);
    database.exec("DELETE FROM keyturn_meta WHERE name NOT IN ('schema_version', 'event_head')");
    database.prepare("UPDATE keyturn_meta SET value = ? WHERE name = 'schema_version'").run(String(version));
  } finally {
    database.close();
  }
}

/** Renames every table of the ledger, without its indexes. */
function setAside(database: Database.Database): readonly string[] {
  const names = (type: 'table' | 'index'): readonly string[] =>
    database
      .prepare<[string], string>(
        "SELECT name FROM sqlite_schema WHERE type = ? AND name GLOB 'keyturn_*' AND sql IS NOT NULL",
      )
      .pluck()
      .all(type);
  for (const index of names('index')) database.exec(`DROP INDEX ${index}`);
  const tables = names('table');
  database.pragma('legacy_alter_table = ON');
  for (const table of tables) database.exec(`ALTER TABLE ${table} RENAME TO aside_${table}`);
  return tables;
}

function bringBack(database: Database.Database, table: string): void {
  const columnsOf = (name: string): readonly string[] =>
    database.prepare<[string], string>('SELECT name FROM pragma_table_info(?)').pluck().all(name);
  const kept = columnsOf(table).filter((column) => columnsOf(`aside_${table}`).includes(column));
  if (kept.length > 0) {
    database.exec(`INSERT INTO ${table} (${kept.join(', ')}) SELECT ${kept.join(', ')} FROM aside_${table}`);
  }
  database.exec(`DROP TABLE aside_${table}`);
}

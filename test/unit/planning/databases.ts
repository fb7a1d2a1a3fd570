import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { onTestFinished } from 'vitest';
import { openSqliteDatabase } from '../../../src/lib/databases/sqlite/open-database.ts';
import type { TargetDatabase } from '../../../src/lib/databases/target-database.ts';
import { createLedger } from '../../../src/lib/ledger/create-ledger.ts';

/** Every test's own folder; removed when the test is finished. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-planning-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  return folder;
}

/** A SQLite file that `build` fills, with its path. */
export function createDatabase(build: (database: Database.Database) => void): string {
  const path = join(temporaryFolder(), 'test.sqlite3');
  const database = new Database(path);
  database.transaction(() => {
    build(database);
  })();
  database.close();
  return path;
}

/** The same, for settings that must stand outside a transaction, such as the encoding. */
export function createRawDatabase(build: (database: Database.Database) => void): string {
  const path = join(temporaryFolder(), 'test.sqlite3');
  const database = new Database(path);
  build(database);
  database.close();
  return path;
}

/** Opens a file as the commands that only read do; closed when the test is finished. */
export async function openForReading(path: string): Promise<TargetDatabase> {
  const database = await openSqliteDatabase({ path, access: 'read', use: 'shared', createLedger });
  onTestFinished(() => database.close());
  return database;
}

/** Builds a database and opens it for reading. */
export function databaseOf(build: (database: Database.Database) => void): Promise<TargetDatabase> {
  return openForReading(createDatabase(build));
}

import { existsSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import Database from 'better-sqlite3';
import { quoteIdentifier } from '../../quote-identifier.ts';
import { createRowidKeepers, dropRowidKeepers } from './rowid-keepers.ts';

/** What the thread that rewrites a database is to do. */
export interface VacuumJob {
  readonly path: string;
  /** Tables of whose values statistics may hold samples. */
  readonly tables: readonly string[];
  /** How long to wait for the locks of others, in milliseconds. */
  readonly timeoutMilliseconds: number;
}

/** Its outcome; `failed` has SQLite's result code. */
export type VacuumEnd = { readonly kind: 'rewritten' } | { readonly kind: 'failed'; readonly code: string };

/** Tells the thread that waits which step is next, so that a test can end the process there. */
export interface VacuumStep {
  readonly kind: 'step';
  readonly step: 'rowids kept' | 'statistics renewed' | 'database rewritten';
}

const job = workerData as VacuumJob;

function say(message: VacuumEnd | VacuumStep): void {
  parentPort?.postMessage(message);
}

function rewrite({ path, tables, timeoutMilliseconds }: VacuumJob): void {
  const database = new Database(path, { fileMustExist: true, timeout: timeoutMilliseconds });
  try {
    database.pragma('synchronous = FULL');
    database.pragma('secure_delete = ON');
    removeLeftJournal(database, path);
    createRowidKeepers(database);
    say({ kind: 'step', step: 'rowids kept' });
    renewStatistics(database, tables);
    say({ kind: 'step', step: 'statistics renewed' });
    database.exec('VACUUM');
    say({ kind: 'step', step: 'database rewritten' });
    dropRowidKeepers(database);
  } finally {
    database.close();
  }
}

/** A connection that keeps its journal with its content (PERSIST) leaves old pages in it; leaving that mode deletes it. */
function removeLeftJournal(database: Database.Database, path: string): void {
  if (database.pragma('journal_mode', { simple: true }) === 'wal' || !existsSync(`${path}-journal`)) return;
  database.pragma('journal_mode = PERSIST');
  database.pragma('journal_mode = DELETE');
}

/** Statistics of an index keep whole values of it (`sqlite_stat4`); where nobody has made any, none are made. */
function renewStatistics(database: Database.Database, tables: readonly string[]): void {
  const has = database
    .prepare<[], string>("SELECT name FROM sqlite_schema WHERE name IN ('sqlite_stat1', 'sqlite_stat4')")
    .pluck()
    .all();
  if (has.length === 0) return;
  const analysed = new Set(
    has.flatMap((name) => database.prepare<[], string>(`SELECT DISTINCT tbl FROM ${name}`).pluck().all()),
  );
  for (const table of tables) {
    if (analysed.has(table)) database.exec(`ANALYZE main.${quoteIdentifier(table)}`);
  }
}

try {
  rewrite(job);
  say({ kind: 'rewritten' });
} catch (error) {
  say({ kind: 'failed', code: error instanceof Database.SqliteError ? error.code : String(error) });
}

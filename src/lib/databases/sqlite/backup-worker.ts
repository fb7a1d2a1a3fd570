import { parentPort, workerData } from 'node:worker_threads';
import Database from 'better-sqlite3';

/** What the backup thread is to copy. */
export interface BackupJob {
  readonly source: string;
  /** An empty file. */
  readonly destination: string;
}

/** Its outcome; `damaged`: the copy does not pass SQLite's integrity check. */
export type BackupEnd = 'copied' | 'damaged';

const allPages = 0x7fffffff;
const lockTimeoutMilliseconds = 30_000;

const { source, destination } = workerData as BackupJob;
const database = new Database(source, {
  readonly: true,
  fileMustExist: true,
  timeout: lockTimeoutMilliseconds,
});
await database.backup(destination, { progress: () => allPages });
database.close();

const copy = new Database(destination, { fileMustExist: true });
// Rows that break a CHECK of their table are the application's affair: the copy is as good as the original.
copy.pragma('ignore_check_constraints = ON');
const complaints = copy.prepare<[], { integrity_check: string }>('PRAGMA integrity_check(1)').all();
copy.close();
const end: BackupEnd = complaints[0]?.integrity_check === 'ok' ? 'copied' : 'damaged';
parentPort?.postMessage(end);

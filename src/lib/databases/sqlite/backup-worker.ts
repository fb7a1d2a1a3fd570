import { parentPort, workerData } from 'node:worker_threads';
import Database from 'better-sqlite3';

/** What the backup thread is to copy. */
export interface BackupJob {
  readonly source: string;
  /** An empty file. */
  readonly destination: string;
}

const allPages = 0x7fffffff;
const lockPatienceMilliseconds = 30_000;

const { source, destination } = workerData as BackupJob;
const database = new Database(source, {
  readonly: true,
  fileMustExist: true,
  timeout: lockPatienceMilliseconds,
});
await database.backup(destination, { progress: () => allPages });
database.close();

const copy = new Database(destination, { fileMustExist: true });
const complaints = copy.prepare<[], { integrity_check: string }>('PRAGMA integrity_check(1)').all();
copy.close();
if (complaints[0]?.integrity_check !== 'ok') throw new Error('the copy does not pass its integrity check');
parentPort?.postMessage('copied');

import { stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import Database from 'better-sqlite3';
import type { RawFile } from '../../../model/databases/raw-file.ts';
import { reached } from '../../../model/runs/step.ts';
import { shellWord } from '../../../model/texts/shell-word.ts';
import { openLocalFile } from '../../local-file.ts';
import type { LogEnd, OutOfReach, Scrubber, ScrubOutlook } from '../../scrubber.ts';
import type { SqliteConnection } from '../connection/connection.ts';
import { explainSqliteError } from '../connection/errors.ts';
import { readDiskSpace } from '../health/disk-space.ts';
import { locatePages } from './locate-pages.ts';
import { processesReadingLog } from './log-readers.ts';
import { refuseWithoutRoom } from './room.ts';
import type { VacuumEnd, VacuumJob, VacuumStep } from './vacuum-worker.ts';

/** Scrubs a SQLite file. */
export function createScrubber(connection: SqliteConnection): Scrubber {
  const { location } = connection.identity;
  return {
    examine: () => examine(connection),
    rewrite: (tables, timeoutMilliseconds) =>
      rewriteOnThread({ path: location, tables, timeoutMilliseconds }),
    emptyLog: (timeoutMilliseconds) => emptyLog(connection, timeoutMilliseconds),
    reach: async () => ({
      means: 'local files',
      files: await listFiles(location),
      unread: [],
      open: ({ path }) => openLocalFile(path),
    }),
    locate: (file, offsets) => connection.attempt(() => locatePages(connection, file, offsets)),
    beyondReach: () => Promise.resolve(beyondReach(location)),
  };
}

async function examine(connection: SqliteConnection): Promise<ScrubOutlook> {
  const { database, identity } = connection;
  const { databaseBytes } = await readDiskSpace(identity.location);
  await refuseWithoutRoom(identity.location, databaseBytes);
  const mode = await connection.attempt(() => database.pragma('journal_mode', { simple: true }));
  const wait =
    mode === 'wal'
      ? 'others can read while the file is rewritten, but not write'
      : 'nobody else can read or write while the file is rewritten';
  return { neededBytes: 2 * databaseBytes, consequences: [wait] };
}

/** On a thread of its own: VACUUM takes as long as the file is large, and lets nothing else happen meanwhile. */
async function rewriteOnThread(job: VacuumJob): Promise<void> {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const worker = new Worker(new URL(`./vacuum-worker.${extension}`, import.meta.url), { workerData: job });
  const end = await new Promise<VacuumEnd>((resolve, reject) => {
    worker.on('message', (message: VacuumEnd | VacuumStep) => {
      if (message.kind === 'step') reached(message.step);
      else resolve(message);
    });
    worker.once('error', reject);
    worker.once('exit', (code) => {
      reject(new Error(`the thread that rewrites the database ended with ${String(code)}`));
    });
  });
  if (end.kind === 'failed') throw explainSqliteError(new Database.SqliteError('', end.code), job.path);
}

/** A checkpoint that truncates the log waits until nobody reads from it any more. */
async function emptyLog(connection: SqliteConnection, timeoutMilliseconds: number): Promise<LogEnd> {
  const { database, identity } = connection;
  const deadline = performance.now() + timeoutMilliseconds;
  for (;;) {
    const [end] = await connection.attempt(
      () => database.pragma('wal_checkpoint(TRUNCATE)') as readonly [Checkpoint],
    );
    reached('log emptied');
    if (end.busy === 0) return { kind: 'empty' };
    if (performance.now() > deadline) {
      return { kind: 'held', by: await processesReadingLog(identity.location) };
    }
    await sleep(100);
  }
}

interface Checkpoint {
  /** 1 where a reader or a writer kept it from being complete. */
  readonly busy: 0 | 1;
}

async function listFiles(location: string): Promise<readonly RawFile[]> {
  const candidates = [
    { path: location, kind: 'database' },
    { path: `${location}-wal`, kind: 'log' },
    { path: `${location}-journal`, kind: 'journal' },
  ] as const;
  const found = await Promise.all(
    candidates.map(async ({ path, kind }) => {
      const file = await stat(path).catch(() => undefined);
      return file === undefined || file.size === 0 ? [] : [{ path, kind, bytes: file.size }];
    }),
  );
  return found.flat();
}

function beyondReach(location: string): readonly OutOfReach[] {
  return [
    { place: 'copies and backups kept elsewhere, and replicas', command: 'delete or renew them' },
    { place: 'snapshots of the file system', command: 'zfs list -t snapshot, btrfs subvolume list /' },
    {
      place: 'blocks of the disk that no file uses any more',
      command: `fstrim -v "$(stat -c %m ${shellWord(location)})"`,
    },
    { place: 'logs of the application, and its memory', command: 'rotate them, and restart it' },
  ];
}

import { closeSync, existsSync, fsyncSync, linkSync, openSync, rmSync, statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { KeyturnError } from '../../model/keyturn-error.ts';
import type { BackupJob } from './backup-worker.ts';

/**
 * Copies a database while others use it, and proves the copy. The new file, of mode 0600, gets its name only when
 * it is complete and on disk; another file of that name is never touched. What a failed copy began is removed.
 */
export async function backUpDatabase(source: string, destination: string): Promise<void> {
  if (existsSync(destination)) throw alreadyThere(destination);
  const partial = `${destination}.partial`;
  try {
    refuseWithoutSpace(source, destination);
    rmSync(partial, { force: true });
    closeSync(openSync(partial, 'wx', 0o600));
    await copyInOneStep({ source, destination: partial });
    flushToDisk(partial);
    linkSync(partial, destination);
    flushToDisk(dirname(destination));
  } catch (error) {
    throw error instanceof KeyturnError ? error : backupFailed(destination, error);
  } finally {
    rmSync(partial, { force: true });
  }
}

/** Space that must stay free besides the copy, in bytes. */
const reserveBytes = 16 * 1024 * 1024;

function refuseWithoutSpace(source: string, destination: string): void {
  const wal = statSync(`${source}-wal`, { throwIfNoEntry: false })?.size ?? 0;
  const needed = statSync(source).size + wal + reserveBytes;
  const disk = statfsSync(dirname(destination));
  const free = disk.bavail * disk.bsize;
  if (free >= needed) return;
  throw new KeyturnError({
    code: 'KT_BACKUP_SPACE',
    reason: 'temporaryFailure',
    message: `the backup "${destination}" needs ${mebibytes(needed)}, its disk has ${mebibytes(free)} free`,
    hints: ['put it elsewhere with --backup PATH', 'go without one with --no-backup'],
  });
}

/** One step: a stepped copy begins anew whenever somebody else commits, and would never end under live traffic. */
function copyInOneStep(job: BackupJob): Promise<void> {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const worker = new Worker(new URL(`./backup-worker.${extension}`, import.meta.url), { workerData: job });
  return new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) => {
      reject(new Error(`the backup thread ended with ${String(code)}`));
    });
  });
}

function flushToDisk(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function alreadyThere(destination: string): KeyturnError {
  return failure(`the backup "${destination}" exists already; keyturn never overwrites one`);
}

function backupFailed(destination: string, cause: unknown): KeyturnError {
  const code = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
  if (code === 'EEXIST') return alreadyThere(destination);
  return failure(`the backup "${destination}" could not be written (${code}); nothing was changed`, cause);
}

function failure(message: string, cause?: unknown): KeyturnError {
  return new KeyturnError({
    code: 'KT_BACKUP_FAILED',
    reason: 'databaseUnavailable',
    message,
    hints: ['name another place with --backup PATH', 'go without one with --no-backup'],
    cause,
  });
}

function mebibytes(bytes: number): string {
  return `${String(Math.ceil(bytes / 1024 / 1024))} MiB`;
}

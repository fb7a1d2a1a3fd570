import { chmodSync, closeSync, fsyncSync, openSync, rmSync, statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { KeyturnError } from '../../model/keyturn-error.ts';
import type { BackupJob } from './backup-worker.ts';

/**
 * Copies a database while others use it, and proves the copy: a new file of mode 0600, complete and on disk when
 * this returns. Never overwrites; removes what it began when it fails.
 */
export async function backUpDatabase(source: string, destination: string): Promise<void> {
  refuseWithoutSpace(source, destination);
  createExclusively(destination);
  try {
    await copyInOneStep({ source, destination });
    chmodSync(destination, 0o600);
    for (const path of [destination, dirname(destination)]) flushToDisk(path);
  } catch (error) {
    rmSync(destination, { force: true });
    throw error instanceof KeyturnError ? error : backupFailed(destination, error);
  }
}

/** Space that must stay free besides the copy, in bytes. */
const reserveBytes = 16 * 1024 * 1024;

function refuseWithoutSpace(source: string, destination: string): void {
  const wal = statSync(`${source}-wal`, { throwIfNoEntry: false })?.size ?? 0;
  const needed = statSync(source).size + wal + reserveBytes;
  let free: number;
  try {
    const disk = statfsSync(dirname(destination));
    free = disk.bavail * disk.bsize;
  } catch (error) {
    throw backupFailed(destination, error);
  }
  if (free >= needed) return;
  throw new KeyturnError({
    code: 'KT_BACKUP_SPACE',
    reason: 'temporaryFailure',
    message: `the backup "${destination}" needs ${mebibytes(needed)}, its disk has ${mebibytes(free)} free`,
    hints: ['put it elsewhere with --backup PATH', 'go without one with --no-backup'],
  });
}

function createExclusively(destination: string): void {
  try {
    closeSync(openSync(destination, 'wx', 0o600));
  } catch (error) {
    throw backupFailed(destination, error);
  }
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

function backupFailed(destination: string, error: unknown): KeyturnError {
  const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
  const exists = code === 'EEXIST';
  return new KeyturnError({
    code: 'KT_BACKUP_FAILED',
    reason: 'databaseUnavailable',
    message: exists
      ? `the backup "${destination}" exists already; keyturn never overwrites one`
      : `the backup "${destination}" could not be written (${code}); nothing was changed`,
    hints: ['name another place with --backup PATH', 'go without one with --no-backup'],
    cause: error,
  });
}

function mebibytes(bytes: number): string {
  return `${String(Math.ceil(bytes / 1024 / 1024))} MiB`;
}

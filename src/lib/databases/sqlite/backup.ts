import {
  closeSync,
  existsSync,
  fchmodSync,
  fsyncSync,
  linkSync,
  openSync,
  rmSync,
  statfsSync,
  statSync,
  unlinkSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { KeyturnError, type ErrorDescription } from '../../model/keyturn-error.ts';
import { reached } from '../../model/runs/step.ts';
import { byteText } from '../../model/texts/byte-text.ts';
import { shellWord } from '../../model/texts/shell-word.ts';
import type { BackupEnd, BackupJob } from './backup-worker.ts';

const ownerOnly = 0o600;

/** A copy to make. */
export interface BackupRequest {
  readonly source: string;
  readonly destination: string;
  /** Called when the copy stands under its name; once it has returned, the copy is known for what it is. */
  readonly note: () => Promise<void>;
}

/**
 * Copies a database while others use it, and proves the copy. The new file, of mode 0600, gets its name only when
 * it is complete and on disk; another file of that name is never touched. What a failed copy began is removed.
 *
 * The copy keeps its first name, `DESTINATION.partial`, until it is noted: a file under both names is a complete
 * copy of ours, whose run was killed before it could say so, and is taken as it is.
 */
export async function backUpDatabase({ source, destination, note }: BackupRequest): Promise<void> {
  const partial = partialNameOf(destination);
  if (!isSameFile(partial, destination)) await copyUnderName(source, { partial, destination });
  await note();
  dropPartialName(destination);
}

/** Takes the first name from a copy that is noted, where a kill or a failing disk came in between. */
export function dropPartialName(destination: string): void {
  const partial = partialNameOf(destination);
  if (!isSameFile(partial, destination)) return;
  try {
    unlinkSync(partial);
  } catch (error) {
    throw nameNotDropped(partial, error);
  }
}

/** The two names of a copy: while it is made, and when it is complete. */
interface CopyNames {
  readonly partial: string;
  readonly destination: string;
}

async function copyUnderName(source: string, { partial, destination }: CopyNames): Promise<void> {
  if (existsSync(destination)) throw alreadyThere(destination);
  try {
    refuseWithoutSpace(source, destination);
    removePartial(partial);
    createForOwner(partial);
    if ((await copyInOneStep({ source, destination: partial })) === 'damaged') throw damaged(source);
    flushToDisk(partial);
    reached('backup copied');
    linkSync(partial, destination);
    flushToDisk(dirname(destination));
    reached('backup named');
  } catch (error) {
    if (!isSameFile(partial, destination)) abandonPartial(partial);
    throw error instanceof KeyturnError ? error : backupFailed(destination, error);
  }
}

/** The mode is set again because the umask may have taken away even the owner's right to read. */
function createForOwner(path: string): void {
  const descriptor = openSync(path, 'wx', ownerOnly);
  try {
    fchmodSync(descriptor, ownerOnly);
  } finally {
    closeSync(descriptor);
  }
}

/** What went wrong with the copy is the error to show; what cannot be removed now, the next attempt removes. */
function abandonPartial(partial: string): void {
  try {
    removePartial(partial);
  } catch {
    return;
  }
}

/** Removes a copy that was begun, with the files that SQLite keeps beside a database. */
function removePartial(partial: string): void {
  for (const companion of ['', '-journal', '-wal', '-shm']) rmSync(partial + companion, { force: true });
}

function partialNameOf(destination: string): string {
  return `${destination}.partial`;
}

function isSameFile(one: string, other: string): boolean {
  const [first, second] = [one, other].map((path) => statSync(path, { bigint: true, throwIfNoEntry: false }));
  return first !== undefined && first.ino === second?.ino && first.dev === second.dev;
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
    message: `the backup "${destination}" needs ${byteText(needed)}, its disk has ${byteText(free)} free`,
    hints: ['put it elsewhere with --backup PATH', 'go without one with --no-backup'],
  });
}

/** One step: a stepped copy begins anew whenever somebody else commits, and would never end under live traffic. */
function copyInOneStep(job: BackupJob): Promise<BackupEnd> {
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
  return failure(`the backup "${destination}" exists already; keyturn never overwrites one`, {
    reason: 'databaseUnavailable',
  });
}

function damaged(source: string): KeyturnError {
  return new KeyturnError({
    code: 'KT_BACKUP_FAILED',
    reason: 'databaseUnavailable',
    message: `the copy of "${source}" does not pass SQLite's integrity check, most likely because the original does not; nothing was changed`,
    hints: [
      `sqlite3 ${JSON.stringify(source)} 'PRAGMA integrity_check'`,
      'go without a backup with --no-backup',
    ],
  });
}

function backupFailed(destination: string, cause: unknown): KeyturnError {
  const code = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
  if (code === 'EEXIST') return alreadyThere(destination);
  return failure(`the backup "${destination}" could not be made (${code}); nothing was changed`, {
    reason: mayPass(code) ? 'temporaryFailure' : 'databaseUnavailable',
    cause,
  });
}

function nameNotDropped(partial: string, cause: unknown): KeyturnError {
  const code = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
  return new KeyturnError({
    code: 'KT_BACKUP_FAILED',
    reason: 'temporaryFailure',
    message: `the backup is complete, but its first name "${partial}" cannot be removed (${code}); nothing was changed`,
    hints: [`ls -l ${shellWord(partial)}`, 'run the same command again: it keeps the backup and goes on'],
    cause,
  });
}

/** Tells whether there was no room, or the machine failed: that may be better the next time. */
function mayPass(code: string): boolean {
  return /^(SQLITE_FULL|SQLITE_IOERR|SQLITE_NOMEM|ENOSPC|EDQUOT|EFBIG|EIO|EMFILE|ENFILE)/u.test(code);
}

function failure(
  message: string,
  { reason, cause }: Pick<ErrorDescription, 'reason' | 'cause'>,
): KeyturnError {
  return new KeyturnError({
    code: 'KT_BACKUP_FAILED',
    reason,
    message,
    hints: ['name another place with --backup PATH', 'go without one with --no-backup'],
    cause,
  });
}

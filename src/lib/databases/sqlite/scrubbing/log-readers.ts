import { readFile, stat } from 'node:fs/promises';
import type { OtherProcess } from '../../../model/databases/other-process.ts';
import { processesWithOpenFile } from '../connection/other-processes.ts';

/** Bytes of the log's index on which a reader of the log holds a lock (https://sqlite.org/walformat.html#locks). */
const firstReadLock = 123;
const lastReadLock = 127;

/**
 * The processes that read from the log right now, from Linux's `/proc/locks`; where that does not tell, all that have
 * the database open.
 */
export async function processesReadingLog(location: string): Promise<readonly OtherProcess[]> {
  const users = await processesWithOpenFile(location);
  const index = await stat(`${location}-shm`).catch(() => undefined);
  const locks = await readFile('/proc/locks', 'utf8').catch(() => '');
  const readers = new Set(
    locks.split('\n').flatMap((line) => {
      const [processId, file, first, last] = line.trim().split(/\s+/u).slice(-4);
      const isOnIndex = file?.split(':').at(-1) === String(index?.ino);
      const isRead = Number(first) <= lastReadLock && Number(last) >= firstReadLock;
      return isOnIndex && isRead ? [Number(processId)] : [];
    }),
  );
  const blocking = users.filter(({ processId }) => readers.has(processId));
  return blocking.length > 0 ? blocking : users;
}

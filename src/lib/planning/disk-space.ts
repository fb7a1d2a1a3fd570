import { stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { DatabaseIdentity } from '../model/database-identity.ts';

/** How large a database is and how much room is beside it, in bytes. */
export interface DiskSpace {
  readonly databaseBytes: number;
  /** What an ordinary user may still write; `null` where the system does not tell. */
  readonly freeBytes: number | null;
}

/** Measures a SQLite file together with its write-ahead log. */
export async function readDiskSpace({ location }: DatabaseIdentity): Promise<DiskSpace> {
  const [file, log, fileSystem] = await Promise.all([
    stat(location).catch(() => null),
    stat(`${location}-wal`).catch(() => null),
    statfs(dirname(location)).catch(() => null),
  ]);
  return {
    databaseBytes: (file?.size ?? 0) + (log?.size ?? 0),
    freeBytes: fileSystem === null ? null : fileSystem.bavail * fileSystem.bsize,
  };
}

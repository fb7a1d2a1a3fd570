import { stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { DiskSpace } from '../../../model/databases/disk-space.ts';

/** Measures a SQLite file together with its write-ahead log. */
export async function readDiskSpace(location: string): Promise<DiskSpace> {
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

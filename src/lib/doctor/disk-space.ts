import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { fail, ok, warn, type Check } from './check.ts';
import { databaseFiles } from './database-files.ts';

const BYTES_PER_MEBIBYTE = 1024 * 1024;

/** A run needs room for the backup, which is as large as the database, and in WAL mode for as much log. */
export const diskSpace: Check = {
  name: 'disk space',
  databases: ['sqlite'],
  examine({ location }) {
    const { bavail, bsize } = statfsSync(dirname(location));
    const free = bavail * bsize;
    const size = databaseFiles(location).reduce((sum, { stats }) => sum + stats.size, 0);
    const text = `${mebibytes(free)} MiB free, and the database has ${mebibytes(size)} MiB`;
    if (free < size)
      return Promise.resolve([fail(`no room for a backup: ${text}`, 'make room, or --backup PATH')]);
    if (free < 2 * size) {
      return Promise.resolve([
        warn(`little room for backup and log: ${text}`, 'make room, or --backup PATH'),
      ]);
    }
    return Promise.resolve([ok(text)]);
  },
};

function mebibytes(bytes: number): string {
  return Math.ceil(bytes / BYTES_PER_MEBIBYTE).toLocaleString('en-GB');
}

import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { byteText } from '../../model/texts/byte-text.ts';
import { fail, ok, warn, type Check } from '../check.ts';
import { databaseFiles } from './database-files.ts';

/** A run needs room for the backup, which is as large as the database, and in WAL mode for as much log. */
export const diskSpace: Check = {
  name: 'disk space',
  databases: ['sqlite'],
  examine({ location }) {
    const { bavail, bsize } = statfsSync(dirname(location));
    const free = bavail * bsize;
    const size = databaseFiles(location).reduce((sum, { stats }) => sum + stats.size, 0);
    const text = `${byteText(free)} free, and the database has ${byteText(size)}`;
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

import { accessSync, closeSync, constants, existsSync, openSync, readSync } from 'node:fs';
import { dirname } from 'node:path';
import { KeyturnError } from '../../../model/keyturn-error.ts';
import { shellWord } from '../../../model/texts/shell-word.ts';

/** Bytes 18 and 19 of a file say how it is written and read; 2 is WAL (https://sqlite.org/fileformat.html). */
const versionOffset = 18;
const walVersion = 2;

/**
 * Opening a database in WAL mode, if only to read it, makes its log and the index of it, with the mode of the file and
 * in the name of whoever opens it. A user who may not write the file could never remove them again, and the
 * application that owns the file could not write them: it would be locked out of its own database. Refused, exit 15.
 */
export function refuseForeignLog(location: string): void {
  if (mayWrite(location) || !mayWrite(dirname(location)) || !isInWalMode(location)) return;
  if (existsSync(`${location}-wal`) && existsSync(`${location}-shm`)) return;
  throw new KeyturnError({
    code: 'KT_DATABASE_UNAVAILABLE',
    reason: 'databaseUnavailable',
    message:
      `this user may read "${location}", but not write it: SQLite would make the log of the database in this user's ` +
      'name, and the application could not write to it any more',
    hints: [
      'run the same command as the user who owns the database: sudo -u OWNER keyturn ...',
      `or give a copy to the commands that only read: cp ${shellWord(location)} COPY && chmod u+w COPY`,
    ],
  });
}

function mayWrite(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** A file that cannot be read is explained when SQLite opens it. */
function isInWalMode(location: string): boolean {
  let file: number;
  try {
    file = openSync(location, 'r');
  } catch {
    return false;
  }
  try {
    const version = Buffer.alloc(1);
    return readSync(file, version, 0, 1, versionOffset) === 1 && version[0] === walVersion;
  } finally {
    closeSync(file);
  }
}

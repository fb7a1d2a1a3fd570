import { closeSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { countedText } from '../../model/texts/counted-text.ts';
import { shellWord } from '../../model/texts/shell-word.ts';
import { fail, ok, warn, type Check, type Finding } from '../check.ts';

const databaseHeader = 'SQLite format 3\0';
const othersMayRead = 0o004;
const millisecondsPerDay = 86_400_000;

/** Copies beside the database: their cells are under the keys of their day, whatever a rotation does. */
export const oldBackups: Check = {
  name: 'old backups',
  databases: ['sqlite'],
  examine({ location }) {
    const copies = findCopies(location);
    return Promise.resolve(
      copies.length === 0 ? [ok('no copy lies beside the database')] : copies.map(judge),
    );
  },
};

function judge(path: string): Finding {
  const { mode, mtimeMs } = statSync(path);
  const days = Math.floor((Date.now() - mtimeMs) / millisecondsPerDay);
  const message = `"${path}" (${countedText(days, 'day')} old) holds cells under the keys of its day`;
  if ((mode & othersMayRead) !== 0) {
    return fail(`${message}, and every user can read it`, `chmod 600 ${shellWord(path)}`);
  }
  return warn(message, `move it to where backups are kept, or: rm ${shellWord(path)}`);
}

/** SQLite files in the same folder that are named after the database: `fleet-old.db`, not the `fleets.db` of something else. */
function findCopies(location: string): readonly string[] {
  const folder = dirname(location);
  const name = basename(location);
  const stem = basename(name, extname(name));
  return readdirSync(folder)
    .filter((other) => other !== name && other.startsWith(stem))
    .filter((other) => !/^\p{L}/u.test(other.slice(stem.length)))
    .map((other) => join(folder, other))
    .filter(isDatabase);
}

function isDatabase(path: string): boolean {
  try {
    // To open a pipe would be to wait for whoever writes into it.
    if (!statSync(path).isFile()) return false;
    const file = openSync(path, 'r');
    try {
      const start = Buffer.alloc(databaseHeader.length);
      readSync(file, start);
      return start.toString('latin1') === databaseHeader;
    } finally {
      closeSync(file);
    }
  } catch {
    return false;
  }
}

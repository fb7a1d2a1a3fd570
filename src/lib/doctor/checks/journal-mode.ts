import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import { byteText } from '../../model/texts/byte-text.ts';
import { shellWord } from '../../model/texts/shell-word.ts';
import { ok, warn, type Check, type Finding } from '../check.ts';

/** The file format's header has 2 here where the database is in WAL mode (sqlite.org/fileformat.html, 1.3.3). */
const readVersionOffset = 19;
const walVersion = 2;
const largeLogBytes = 64 * 1024 * 1024;

/** How the database survives a crash, and whether somebody left work undone. */
export const journalMode: Check = {
  name: 'journal',
  databases: ['sqlite'],
  examine({ location }) {
    const isWal = readHeaderByte(location) === walVersion;
    return Promise.resolve([isWal ? judgeLog(location) : judgeJournal(location)]);
  },
};

function judgeLog(location: string): Finding {
  const bytes = statSync(`${location}-wal`, { throwIfNoEntry: false })?.size ?? 0;
  if (bytes < largeLogBytes) return ok('WAL: applications read while keyturn writes');
  return warn(
    `WAL, whose log has grown to ${byteText(bytes)}: somebody reads for very long`,
    `sqlite3 ${shellWord(location)} 'PRAGMA wal_checkpoint(TRUNCATE)'`,
  );
}

function judgeJournal(location: string): Finding {
  if (existsSync(`${location}-journal`)) {
    return warn(
      'a journal lies beside the database: somebody is writing, or was killed while writing',
      'keyturn status --recover   # rolls back what was left half written',
    );
  }
  return ok('rollback journal: applications wait for some milliseconds while a chunk commits');
}

function readHeaderByte(location: string): number | undefined {
  const file = openSync(location, 'r');
  try {
    const byte = new Uint8Array(1);
    return readSync(file, byte, 0, 1, readVersionOffset) === 1 ? byte[0] : undefined;
  } finally {
    closeSync(file);
  }
}

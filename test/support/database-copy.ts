import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/**
 * Opens a copy of a database with its log or journal, as a kill left them: the copy may be recovered, so that it can
 * be read, and it is still keyturn that has to recover the original.
 */
export function onCopy<Result>(path: string, work: (database: DatabaseSync) => Result): Result {
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-copy-'));
  const copy = join(folder, 'copy.db');
  // The shared-memory file is left out: it is an index that SQLite makes anew.
  for (const part of ['', '-wal', '-journal']) {
    if (existsSync(path + part)) copyFileSync(path + part, copy + part);
  }
  const database = new DatabaseSync(copy);
  try {
    return work(database);
  } finally {
    database.close();
    rmSync(folder, { recursive: true });
  }
}

import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { explainSqliteError } from '../../../src/lib/databases/sqlite/connection/errors.ts';

test.each([
  ['SQLITE_NOMEM', 'KT_OUT_OF_MEMORY'],
  ['SQLITE_IOERR_WRITE', 'KT_DISK_ERROR'],
  ['SQLITE_FULL', 'KT_DISK_FULL'],
  ['SQLITE_BUSY', 'KT_DATABASE_BUSY'],
])('%s is a failure that may pass, and its text, which may quote a value, is dropped', (sqliteCode, code) => {
  const error = new Database.SqliteError('near "a secret": syntax error', sqliteCode);
  const explained = explainSqliteError(error, 'fleet.db');
  expect(explained).toMatchObject({ code, exitCode: 75 });
  expect((explained as Error).message).toContain('fleet.db');
  expect((explained as Error).message).not.toContain('a secret');
});

// It was said that a trigger names something that is not there.
test('a ledger of which a table was dropped is told by that', () => {
  const error = new Database.SqliteError('no such table: main.keyturn_event', 'SQLITE_ERROR');
  const explained = explainSqliteError(error, 'fleet.db');
  expect(explained).toMatchObject({ code: 'KT_LEDGER_ALTERED', exitCode: 14 });
  expect((explained as Error).message).toContain('lacks its table keyturn_event');
});

test('a folder in which nothing may be created is to be looked at, which belongs to the very user who owns the database perhaps', () => {
  const error = new Database.SqliteError('', 'SQLITE_READONLY_DIRECTORY');
  expect(explainSqliteError(error, '/srv/my fleet/fleet.db')).toMatchObject({
    hints: [expect.stringContaining(`ls -ld "$(dirname '/srv/my fleet/fleet.db')"`), expect.any(String)],
  });
});

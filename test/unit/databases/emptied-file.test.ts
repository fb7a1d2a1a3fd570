import { copyFileSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { openSqliteDatabase } from '../../../src/lib/databases/sqlite/open-database.ts';
import { createLedger } from '../../../src/lib/ledger/create-ledger.ts';
import { createDatabase } from '../planning/databases.ts';

// `cp backup.db fleet.db` begins so. A run that met a changed schema then committed a transaction that had done nothing, which
// wrote an empty first page over what was being copied: the tables were gone.
test('nothing is written into a file that somebody has emptied, be it the first page', async () => {
  const path = createDatabase((file) => file.exec('CREATE TABLE t(cell)'));
  const database = await openSqliteDatabase({ path, access: 'write', use: 'shared', createLedger });
  try {
    await database.transaction(() => Promise.resolve());
    truncateSync(path);
    const nothing = database.transaction(() => Promise.resolve());
    await expect(nothing).rejects.toMatchObject({ code: 'KT_DATABASE_REPLACED', exitCode: 13 });
    expect(statSync(path).size).toBe(0);
  } finally {
    await database.close();
  }
});

test('nothing is written into a file over which another one is being copied while a transaction is under way', async () => {
  const path = createDatabase((file) => {
    file.exec('CREATE TABLE t(cell); INSERT INTO t VALUES (zeroblob(100000))');
  });
  const begun = `${path}.begun`;
  writeFileSync(begun, readFileSync(path).subarray(0, 40_000));
  const database = await openSqliteDatabase({ path, access: 'write', use: 'shared', createLedger });
  try {
    const interrupted = database.transaction(async ({ pairs }) => {
      await pairs.addColumn({ table: 't', column: 'other', type: 'TEXT' });
      copyFileSync(begun, path);
    });
    await expect(interrupted).rejects.toMatchObject({ code: 'KT_DATABASE_REPLACED', exitCode: 13 });
  } finally {
    await database.close();
  }
  expect(readFileSync(path).equals(readFileSync(begun))).toBe(true);
});

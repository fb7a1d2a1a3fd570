import { statSync, truncateSync } from 'node:fs';
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

import Database from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { openSqliteDatabase } from '../../../src/lib/databases/sqlite/open-database.ts';
import { createLedger } from '../../../src/lib/ledger/create-ledger.ts';
import { encodeRowKey } from '../../../src/lib/model/cells/cell-places.ts';
import { createDatabase } from '../planning/databases.ts';

/* Rows that are addressed by their rowid can get another primary key between the read and the write. */

const fill = (database: Database.Database): void => {
  database.exec(
    "CREATE TABLE machines(serial TEXT PRIMARY KEY, note TEXT); INSERT INTO machines VALUES ('m-1', 'a'), ('m-2', 'b'), ('m-3', 'c')",
  );
};

test('a row whose primary key has changed since it was read gets no cell that is bound to the key of before', async () => {
  const path = createDatabase(fill);
  const database = await openSqliteDatabase({ path, access: 'write', use: 'shared', createLedger });
  onTestFinished(() => database.close());
  const table = database.openTable('machines', ['note'], 'read');
  const batch = await table.readBatch({ after: null, upTo: 3n });
  expect(batch.canonicalKeys).toEqual(['m-1', 'm-2', 'm-3'].map((serial) => encodeRowKey([serial])));
  const application = new Database(path);
  application.exec(
    "UPDATE machines SET serial = 'm-9' WHERE serial = 'm-1'; DELETE FROM machines WHERE serial = 'm-3'",
  );
  application.close();
  const outcome = await database.transaction((transaction) =>
    transaction.replaceCells(table, { batch, columns: [['x', 'y', 'z']] }),
  );
  expect(outcome).toEqual({ written: [1], changed: [0], vanished: [2], refused: [] });
  const again = await database.transaction((transaction) => transaction.readRows(table, [1n]));
  expect(again).toMatchObject({ columns: [['a']], canonicalKeys: [encodeRowKey(['m-9'])] });
});

test('where keys are not read, a row whose primary key has changed is written all the same', async () => {
  const path = createDatabase(fill);
  const database = await openSqliteDatabase({ path, access: 'write', use: 'shared', createLedger });
  onTestFinished(() => database.close());
  const table = database.openTable('machines', ['note']);
  const batch = await table.readBatch({ after: null, upTo: 3n });
  const application = new Database(path);
  application.exec("UPDATE machines SET serial = 'm-9' WHERE serial = 'm-1'");
  application.close();
  const { written } = await database.transaction((transaction) =>
    transaction.replaceCells(table, { batch, columns: [['x', 'y', 'z']] }),
  );
  expect(written).toEqual([0, 1, 2]);
});

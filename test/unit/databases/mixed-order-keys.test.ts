import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { createDatabase, openForReading } from '../planning/databases.ts';

/* A key whose columns are sorted in different directions is compared column by column, not as a tuple. */

const order = 'a, b DESC, c';

/** Numbers, equal ones and text among them, in each column of the key. */
const fill = (database: Database.Database): void => {
  database.exec(`
    CREATE TABLE readings(a, b, c, cell TEXT, PRIMARY KEY (${order})) WITHOUT ROWID;
    WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 119)
    INSERT INTO readings
      SELECT i % 3, CASE WHEN i % 5 < 2 THEN 'b' || (i % 4) ELSE i % 7 - 3.5 END, i, 'cell ' || i FROM n;`);
};

test('a walk that is taken up behind any row meets every row behind it once, in the order of the key, and no other', async () => {
  const path = createDatabase(fill);
  const sorted = new Database(path)
    .prepare<[], string>(`SELECT cell FROM readings ORDER BY ${order}`)
    .pluck()
    .all();
  const table = (await openForReading(path)).openTable('readings', ['cell']);
  const last = await table.upperBound(null, { rows: sorted.length, bytes: 10_000 });
  const every = await table.readBatch({ after: null, upTo: last ?? '' });
  expect(every.columns).toEqual([sorted]);
  for (const [index, after] of every.keys.entries()) {
    const upTo = await table.upperBound(after, { rows: 7, bytes: 1000 });
    const next = upTo === null ? [] : (await table.readBatch({ after, upTo })).columns[0];
    expect(next).toEqual(sorted.slice(index + 1, index + 8));
  }
});

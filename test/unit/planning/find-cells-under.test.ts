import { expect, test } from 'vitest';
import type { TargetDatabase } from '../../../src/lib/databases/target-database.ts';
import { fernet } from '../../../src/lib/formats/fernet/fernet.ts';
import type { Leftover } from '../../../src/lib/model/runs/leftover.ts';
import type { CensusTarget } from '../../../src/lib/planning/census/census.ts';
import { findCellsUnder, type CellSearch } from '../../../src/lib/planning/census/find-cells-under.ts';
import { createRawDatabase, databaseOf, openForReading } from './databases.ts';
import { fillFleet, fleetColumns } from './fleet.ts';
import { ciphers, damaged, token } from './keys.ts';
import { errorOf } from './plans.ts';

/** Searches for cells under the old key. */
function search(
  database: TargetDatabase,
  skip: readonly CensusTarget[] = [],
  more: Partial<CellSearch> = {},
): Promise<readonly Leftover[]> {
  return findCellsUnder(database, skip, {
    format: fernet,
    cipher: ciphers.old.cipher,
    ...more,
  });
}

test('three tokens hidden in 200,000 rows of another column are found and counted', async () => {
  const database = await databaseOf((file) => {
    file.exec(`CREATE TABLE visits(id INTEGER PRIMARY KEY, page TEXT, note TEXT);
      WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 200000)
      INSERT INTO visits SELECT n, 'page ' || n, substr('gentle visitors read ' || hex(zeroblob(80)), 1 + n % 3) FROM numbers`);
    const hide = file.prepare('UPDATE visits SET note = ? WHERE id = ?');
    hide.run(token('old'), 3);
    hide.run(Buffer.from(token('old')), 99_999);
    hide.run(`\n  ${token('old')}\n`, 200_000);
  });
  expect(await search(database)).toEqual([{ table: 'visits', column: 'note', cells: 3, kind: 'ordinary' }]);
});

test('columns of the plan are skipped, all others of the same table are searched', async () => {
  const database = await databaseOf((file) => {
    fillFleet(file);
    file.prepare('UPDATE machines SET status = ? WHERE rowid = 2').run(token('old'));
  });
  const planned = fleetColumns.map((name) => name.split('.'));
  const skip = planned.map(([table = '', column = '']) => ({ table, columns: [column] }));
  expect(await search(database, skip)).toEqual([
    { table: 'machines', column: 'status', cells: 1, kind: 'ordinary' },
  ]);
});

test('only cells under the key count: new, foreign and damaged ones do not', async () => {
  const database = await databaseOf((file) => {
    file.exec('CREATE TABLE t(cell)');
    for (const cell of [token('new'), token('third'), damaged(token('old')), 'gAAAAA', null, 7, '']) {
      file.prepare('INSERT INTO t VALUES (?)').run(cell);
    }
  });
  expect(await search(database)).toEqual([]);
});

test('keys of tables without rowid are searched, generated columns are not', async () => {
  const database = await databaseOf((file) => {
    file.exec('CREATE TABLE t(id TEXT PRIMARY KEY, copy AS (id)) WITHOUT ROWID');
    file.prepare('INSERT INTO t(id) VALUES (?)').run(token('old'));
  });
  expect(await search(database)).toEqual([{ table: 't', column: 'id', cells: 1, kind: 'key' }]);
});

test.each(['UTF-16le', 'UTF-16be', 'UTF-8'])(
  'tokens in text and in blobs of a %s database are found',
  async (encoding) => {
    const path = createRawDatabase((file) => {
      file.pragma(`encoding = '${encoding}'`);
      file.exec('CREATE TABLE t(in_text, in_blob)');
      file.prepare('INSERT INTO t VALUES (?, ?)').run(token('old'), Buffer.from(token('old')));
      file.prepare('INSERT INTO t VALUES (?, ?)').run(` ${token('old')}`, Buffer.from(`\r\n${token('old')}`));
    });
    expect(await search(await openForReading(path))).toEqual([
      { table: 't', column: 'in_text', cells: 2, kind: 'ordinary' },
      { table: 't', column: 'in_blob', cells: 2, kind: 'ordinary' },
    ]);
  },
);

test('keys of mixed types, which SQLite orders by type, are walked to their end', async () => {
  const database = await databaseOf((file) => {
    file.exec('CREATE TABLE t(id PRIMARY KEY, cell) WITHOUT ROWID');
    const insert = file.prepare('INSERT INTO t VALUES (?, ?)');
    const filler = `g${'x'.repeat(200)}`;
    for (let row = 0; row < 19_998; row += 1) insert.run(row, filler);
    for (let row = 0; row < 21_000; row += 1) insert.run(`${row}`, filler);
    insert.run(Buffer.from('last'), token('old'));
    insert.run(1.5, token('old'));
    insert.run(Infinity, filler);
  });
  expect(await search(database)).toEqual([{ table: 't', column: 'cell', cells: 2, kind: 'ordinary' }]);
});

test('a search tells how far it is and stops between two steps', async () => {
  const database = await databaseOf(fillFleet);
  const seen: [string, number][] = [];
  await search(database, [], { onRows: (table, rows) => seen.push([table, rows]) });
  expect(seen).toContainEqual(['export_logs', 7]);
  expect(seen).toHaveLength(6);
  const stop = AbortSignal.abort(new Error('stopped'));
  expect((await errorOf(search(database, [], { signal: stop }))).message).toBe('stopped');
});

test('a timer gets its turn while a large table is searched', async () => {
  const database = await databaseOf((file) => {
    file.exec(`CREATE TABLE t(id INTEGER PRIMARY KEY, note);
      WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 100000)
      INSERT INTO t SELECT n, hex(zeroblob(80)) FROM numbers`);
  });
  const stop = new AbortController();
  setTimeout(() => {
    stop.abort(new Error('stopped by a timer'));
  }, 1);
  expect((await errorOf(search(database, [], { signal: stop.signal }))).message).toBe('stopped by a timer');
});

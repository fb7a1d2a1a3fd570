import { expect, test } from 'vitest';
import type { CensusCounts } from '../../../src/lib/model/columns/column-census.ts';
import { censusOfColumns, censusTargetsOf } from '../../../src/lib/planning/census/census.ts';
import { databaseOf } from './databases.ts';
import { fillFleet, fleetColumns } from './fleet.ts';
import { ciphers, damaged, token } from './keys.ts';
import { errorOf, plan } from './plans.ts';

const none: CensusCounts = { old: 0, new: 0, null: 0, empty: 0, unknown: 0, displaced: 0, plaintext: 0 };

/** A table of 2,500 rows, so that a walk takes three batches; counts repeat every ten rows. */
const mixed = (): ReturnType<typeof databaseOf> =>
  databaseOf((file) => {
    file.exec('CREATE TABLE mixed(id INTEGER PRIMARY KEY, cell, other TEXT)');
    const insert = file.prepare('INSERT INTO mixed(cell, other) VALUES (?, ?)');
    const four = [token('old'), token('new'), token('third'), damaged(token('new'))];
    const cells = [...four, null, '', Buffer.alloc(0), 'text', 12, Buffer.from(token('old'))];
    for (let row = 0; row < 2500; row += 1) insert.run(cells[row % 10], null);
  });

test('every cell of a column is counted once', async () => {
  const rows: number[] = [];
  const census = await censusOfColumns(await mixed(), [{ table: 'mixed', columns: ['cell', 'other'] }], {
    ciphers,
    onRows: (_, more) => rows.push(more),
  });
  expect(census).toEqual([
    {
      table: 'mixed',
      column: 'cell',
      cells: { old: 500, new: 250, null: 250, empty: 500, unknown: 500, displaced: 0, plaintext: 500 },
    },
    { table: 'mixed', column: 'other', cells: { ...none, null: 2500 } },
  ]);
  expect(rows).toEqual([1000, 1000, 500]);
});

test('with the new key alone, everything under another key is unknown', async () => {
  const census = await censusOfColumns(await mixed(), [{ table: 'mixed', columns: ['cell'] }], {
    ciphers: { old: { ...ciphers.old, cipher: null }, new: ciphers.new },
  });
  expect(census[0]?.cells).toEqual({
    old: 0,
    new: 250,
    null: 250,
    empty: 500,
    unknown: 1000,
    displaced: 0,
    plaintext: 500,
  });
});

test('the columns of a plan are counted in its order', async () => {
  const database = await databaseOf(fillFleet);
  const targets = censusTargetsOf((await plan(database)).plan);
  const census = await censusOfColumns(database, targets, { ciphers });
  expect(census.map(({ table, column }) => `${table}.${column}`)).toEqual(fleetColumns);
  expect(census.every(({ cells }) => cells.old > 0 && cells.unknown + cells.plaintext === 0)).toBe(true);
});

test('an empty table has empty counts', async () => {
  const database = await databaseOf((file) => file.exec('CREATE TABLE t(cell)'));
  const census = await censusOfColumns(database, [{ table: 't', columns: ['cell'] }], { ciphers });
  expect(census).toEqual([{ table: 't', column: 'cell', cells: none }]);
});

test('a census stops between two batches', async () => {
  const stop = new AbortController();
  const counted = censusOfColumns(await mixed(), [{ table: 'mixed', columns: ['cell'] }], {
    ciphers,
    onRows: () => {
      stop.abort(new Error('stopped'));
    },
    signal: stop.signal,
  });
  expect((await errorOf(counted)).message).toBe('stopped');
});

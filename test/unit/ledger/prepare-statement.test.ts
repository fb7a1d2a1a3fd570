import Database from 'better-sqlite3';
import { Kysely, sql } from 'kysely';
import { expect, test } from 'vitest';
import { LedgerDialect } from '../../../src/lib/databases/sqlite/ledger/ledger-dialect.ts';
import type { LedgerTables } from '../../../src/lib/ledger/schema/tables.ts';
import { prepareStatement } from '../../../src/lib/ledger/stores/prepare-statement.ts';

interface Setting {
  readonly name: string;
  readonly value: string;
}

/** A ledger that has nothing but its first table. */
function openLedger(): Kysely<LedgerTables> {
  const database = new Database(':memory:');
  database.exec('CREATE TABLE keyturn_meta (name TEXT PRIMARY KEY, value TEXT)');
  return new Kysely<LedgerTables>({ dialect: new LedgerDialect(database) });
}

test('each run has parameters of its own, and constants stay', async () => {
  const ledger = openLedger();
  const insert = prepareStatement<Setting, Setting>(ledger, ({ name, value }) =>
    ledger.insertInto('keyturn_meta').values({ name, value }).returningAll(),
  );
  expect(await insert({ name: 'first', value: 'one' })).toEqual([{ name: 'first', value: 'one' }]);
  expect(await insert({ name: 'second', value: 'two' })).toEqual([{ name: 'second', value: 'two' }]);

  const select = prepareStatement<Pick<Setting, 'name'>, Setting>(ledger, ({ name }) =>
    ledger.selectFrom('keyturn_meta').selectAll().where('name', '=', name).where('value', '!=', 'two'),
  );
  expect(await select({ name: 'first' })).toEqual([{ name: 'first', value: 'one' }]);
  expect(await select({ name: 'second' })).toEqual([]);
});

test('a parameter may stand in several places, and be NULL', async () => {
  const ledger = openLedger();
  const insert = prepareStatement<{ readonly text: string }, Setting>(ledger, ({ text }) =>
    ledger.insertInto('keyturn_meta').values({ name: text, value: text }).returningAll(),
  );
  expect(await insert({ text: 'both' })).toEqual([{ name: 'both', value: 'both' }]);

  const clear = prepareStatement<{ readonly value: string | null }, Setting>(ledger, ({ value }) =>
    ledger
      .updateTable('keyturn_meta')
      .set({ value: sql<string>`${value}` })
      .returningAll(),
  );
  expect(await clear({ value: null })).toEqual([{ name: 'both', value: null }]);
});

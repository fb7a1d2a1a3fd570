import { describe, expect, test } from 'vitest';
import { selectColumns } from '../../../src/lib/planning/inspection/select-columns.ts';
import { createDatabase, databaseOf, openForReading } from './databases.ts';
import { fillFleet } from './fleet.ts';
import { token } from './keys.ts';
import { columnsOf, errorOf, plan } from './plans.ts';

describe('filters', () => {
  const open = (): Promise<Awaited<ReturnType<typeof openForReading>>> =>
    openForReading(createDatabase(fillFleet));

  test('only the tables and columns asked for are planned; the rest is listed with the consequence', async () => {
    const outcome = await plan(await open(), {
      tables: ['commands'],
      columns: ['MACHINES.info_json_encrypted'],
    });
    expect(columnsOf(outcome)).toEqual([
      'commands.params_json_encrypted',
      'commands.result_json_encrypted',
      'machines.info_json_encrypted',
    ]);
    expect(outcome.plan.excluded).toHaveLength(6);
    expect(outcome.plan.excluded[0]).toEqual({
      table: 'agent_db_keys',
      column: 'key_encrypted',
      reason: 'not among the tables and columns asked for',
      opensUnder: 'old',
    });
    expect(outcome.warnings).toHaveLength(6);
  });

  test('what is excluded is left out, even when it was asked for', async () => {
    const outcome = await plan(await open(), {
      tables: ['machines', 'commands'],
      exclude: ['commands', 'machines.info_json_encrypted'],
    });
    expect(columnsOf(outcome)).toEqual(['machines.latest_metrics_json_encrypted']);
    const excluded = outcome.plan.excluded.filter(({ reason }) => reason === 'excluded by the operator');
    expect(excluded.map(({ column }) => column)).toEqual([
      'params_json_encrypted',
      'result_json_encrypted',
      'info_json_encrypted',
    ]);
  });

  test('a column that was named is planned although no cell in it looks encrypted', async () => {
    const outcome = await plan(await open(), { columns: ['machines.status'] });
    expect(columnsOf(outcome)).toEqual(['machines.status']);
    expect(outcome.warnings[0]).toMatch(/^machines\.status: planned because it was named/u);
  });

  test.each([
    [{ tables: ['machine'] }, 'there is no table "machine"; the nearest name is machines'],
    [
      { columns: ['machines.info_encrypted'] },
      'there is no column "machines.info_encrypted"; the nearest name is machines.info_json_encrypted',
    ],
    [{ exclude: ['comands'] }, 'there is no table or column "comands"; the nearest name is commands'],
    [{ columns: ['machines'] }, /^there is no column "machines"/u],
  ])('a filter that names nothing is refused with the nearest name: %j', async (filter, message) => {
    const error = await errorOf(plan(await open(), filter));
    expect(error).toMatchObject({ code: 'KT_UNKNOWN_COLUMN', exitCode: 2 });
    expect(error.message).toMatch(message);
  });

  test('a column that cannot be written is refused when it is named', async () => {
    const database = await databaseOf((file) =>
      file.exec('CREATE TABLE t(id TEXT PRIMARY KEY) WITHOUT ROWID'),
    );
    const error = await errorOf(plan(database, { columns: ['t.id'] }));
    expect(error).toMatchObject({ code: 'KT_UNWRITABLE_COLUMN', exitCode: 2 });
  });

  test('names with dots and quotes are written as they stand or in double quotes', async () => {
    const database = await databaseOf((file) => {
      file.exec('CREATE TABLE "a.b"("c.d", "e""f"); CREATE TABLE a("b.c.d")');
      file.prepare('INSERT INTO "a.b" VALUES (?, ?)').run(token('old'), token('old'));
      file.prepare('INSERT INTO a VALUES (?)').run(token('old'));
    });
    expect(columnsOf(await plan(database, { columns: ['"a.b"."c.d"'] }))).toEqual(['a.b.c.d']);
    expect(columnsOf(await plan(database, { columns: ['a.b.e"f'] }))).toEqual(['a.b.e"f']);
    const error = await errorOf(plan(database, { columns: ['a.b.c.d'] }));
    expect(error).toMatchObject({ code: 'KT_AMBIGUOUS_COLUMN', exitCode: 2 });
    expect(error.message).toBe('"a.b.c.d" can be a."b.c.d" or "a.b"."c.d"');
  });
});

// What SQL writes, and what messages advise, named no table of a server where its schema or its name has a dot.
test.each([
  ['"shop"."users"."email"', 'shop.users', 'email'],
  ['shop.users.email', 'shop.users', 'email'],
  ['"o.dd $t$"."se$$c.ret"', '"o.dd $t$"', 'se$$c.ret'],
  ['SHOP."o.dd".cell', 'shop."o.dd"', 'cell'],
  ['public.users.email', 'users', 'email'],
  ['users.email', 'users', 'email'],
])('%s is the column of %s', (text, table, column) => {
  const tables = ['shop.users', '"o.dd $t$"', 'shop."o.dd"', 'users'].map((one) => ({
    table: one,
    columns: ['email', 'se$$c.ret', 'cell'].map((name) => ({ name })),
  }));
  const choose = selectColumns({ tables: [], columns: [text], exclude: [] }, tables);
  const named = tables.flatMap((one) =>
    one.columns.flatMap(({ name }) => (choose(one.table, name) === 'named' ? [[one.table, name]] : [])),
  );
  expect(named).toEqual([[table, column]]);
});

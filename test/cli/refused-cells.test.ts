import { expect, test } from 'vitest';
import { planInProcess } from '../support/plan-in-process.ts';
import { createScene } from '../support/scene.ts';

const rows = "INSERT INTO t(id, v) VALUES (1, '1'), (2, '2'), (3, NULL)";

/** Tables whose schema lets no cell into `v`, and what of it the plan names. */
const refusing: readonly (readonly [sql: string, by: string])[] = [
  ['CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT CHECK (length(v) < 9))', 'a CHECK of the table'],
  ['CREATE TABLE t(id INTEGER PRIMARY KEY, v INTEGER) STRICT', 'the type of the column'],
  [
    "CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT); CREATE INDEX i ON t(json_extract(v, '$.a')) WHERE v <> ''",
    'an index over an expression',
  ],
  [
    "CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT, g AS (json_extract(v, '$')) STORED)",
    'a generated column of the table',
  ],
];

test.each(refusing)('a plan in place is refused where no cell can stand: %s', async (sql, by) => {
  const scene = createScene((database) => database.exec(`${sql}; ${rows}`));
  const inPlace = planInProcess(scene, { columns: ['t.v'], into: undefined });
  await expect(inPlace).rejects.toMatchObject({ code: 'KT_CELLS_REFUSED', exitCode: 2 });
  await expect(inPlace).rejects.toThrow(by);
  expect(await planInProcess(scene, { columns: ['t.v'] })).toMatchObject({ kind: 'plan' });
});

test('a rule that refuses some cells is told with how many, and one that a row breaks already is not', async () => {
  const scene = createScene((database) => {
    database.exec(`CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT, CHECK (id <> 1 OR v = '1'), CHECK (id <> 2 OR v = 'x'));
      PRAGMA ignore_check_constraints = ON; ${rows}; INSERT INTO t VALUES (4, 'four')`);
  });
  const { warnings } = await planInProcess(scene, { columns: ['t.v'], into: undefined });
  expect(warnings).toEqual([
    't.v: a CHECK of the table refuses the cells of 1 of 3 rows tried: such cells are quarantined',
  ]);
});

test('rows without a primary key are found before anything is made that could name them', async () => {
  const scene = createScene((database) => {
    database.exec("CREATE TABLE t(k TEXT PRIMARY KEY, v TEXT); INSERT INTO t VALUES (NULL, 'v'), ('a', 'w')");
  });
  const into = planInProcess(scene, { columns: ['t.v'] });
  await expect(into).rejects.toMatchObject({ code: 'KT_UNWRITABLE_COLUMN', exitCode: 2 });
});

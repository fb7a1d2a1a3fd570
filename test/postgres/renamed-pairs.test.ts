import { expect, test } from 'vitest';
import { createSceneOn, type AnyScene, type databaseKinds } from '../support/scene-on.ts';
import { errorOf } from '../support/scene.ts';

/*
 * Somebody renames a table, or one of two columns, while values are on their way from the one into the other.
 */

const run = ['--yes', '--json', '--progress', 'none', '--no-backup'] as const;
const key = ['--key', 'file:new.key', '--format', 'fernet', '--into', '{column}_sealed'] as const;

async function createReady(kind: (typeof databaseKinds)[number]): Promise<AnyScene> {
  const scene = await createSceneOn(
    kind,
    "CREATE TABLE people(id integer PRIMARY KEY, email text, phone text); INSERT INTO people VALUES (1, 'a', '1'), (2, 'b', '2')",
  );
  const columns = ['--column', 'people.email', '--column', 'people.phone'];
  expect((await scene.run('encrypt', ...columns, ...key, ...run)).code).toBe(0);
  return scene;
}

test.each([
  {
    kind: 'sqlite',
    rename: 'COLUMN email TO mail',
    written: "people SET mail = 'meanwhile'",
    gone: 'people.email',
    back: 'people RENAME COLUMN mail TO email',
  },
  {
    kind: 'postgres',
    rename: 'COLUMN email TO mail',
    written: "people SET mail = 'meanwhile'",
    gone: 'people.email',
    back: 'people RENAME COLUMN mail TO email',
  },
  {
    kind: 'sqlite',
    rename: 'COLUMN email_sealed TO c',
    written: "people SET email = 'meanwhile'",
    gone: 'email_sealed',
    back: 'people RENAME COLUMN c TO email_sealed',
  },
  {
    kind: 'postgres',
    rename: 'TO persons',
    written: "persons SET email = 'meanwhile'",
    gone: 'people',
    back: 'persons RENAME TO people',
  },
] as const)(
  'on $kind, a rollback after RENAME $rename names $gone and touches nothing, and what others write meanwhile is not lost',
  async ({ kind, rename, written, gone, back }) => {
    const scene = await createReady(kind);
    await scene.change(`ALTER TABLE people RENAME ${rename}`);
    await scene.change(`UPDATE ${written} WHERE id = 1`);
    const before = await scene.dump();
    const refused = errorOf(await scene.run('rollback', ...run));
    expect(refused).toMatchObject({ code: 'KT_COLUMN_RENAMED', exitCode: 16 });
    expect(refused.message).toContain(gone);
    for (const command of [['execute'], ['finalize', '--confirm', 'people.email,people.phone']]) {
      const stale = errorOf(await scene.run(...(command as [string]), ...run));
      expect(stale).toMatchObject({ code: 'KT_STALE_PLAN', exitCode: 13 });
      expect(stale.hints.join()).toContain('its old name again');
    }
    expect(await scene.dump()).toEqual(before);
    await scene.change(`ALTER TABLE ${back}`);
    await scene.change("UPDATE people SET email = 'fresh' WHERE id = 2");
    expect((await scene.run('rollback', ...run)).code).toBe(0);
    expect(await scene.query('SELECT * FROM people ORDER BY id')).toEqual([
      ['1', 'meanwhile', '1'],
      ['2', 'fresh', '2'],
    ]);
  },
);

test('two columns that exchange their names are marked as before, and nothing goes on until they are called as before', async () => {
  const scene = await createReady('postgres');
  const exchange = (key: string, name: string): Promise<void> =>
    scene.change(`ALTER TABLE people RENAME email TO passing; ALTER TABLE people RENAME email_sealed TO email;
      ALTER TABLE people RENAME passing TO email_sealed; ALTER TABLE people RENAME ${key} TO ${name}`);
  await exchange('id', 'number');
  await scene.change(`UPDATE people SET email_sealed = 'meanwhile' WHERE number = 1;
    INSERT INTO people(number, email_sealed) VALUES (3, 'c')`);
  const before = await scene.dump();
  for (const command of ['execute', 'rollback']) {
    const refused = errorOf(await scene.run(command, ...run, '--prefer', 'plaintext'));
    expect(refused).toMatchObject({ code: 'KT_STALE_PLAN', exitCode: 13 });
  }
  expect(await scene.dump()).toEqual(before);
  await exchange('number', 'id');
  expect((await scene.run('rollback', ...run)).code).toBe(0);
  expect(await scene.query('SELECT id, email FROM people ORDER BY id')).toEqual([
    ['1', 'meanwhile'],
    ['2', 'b'],
    ['3', 'c'],
  ]);
});

test('a column of plaintext that was dropped by hand comes back from its cells once it is there again', async () => {
  const scene = await createReady('postgres');
  await scene.change('ALTER TABLE people DROP COLUMN email CASCADE, DROP COLUMN phone_sealed CASCADE');
  // What the triggers called is left; the application goes on.
  await scene.change("UPDATE people SET phone = '3' WHERE id = 1");
  expect((await scene.run('doctor')).stdout).toMatch(
    /functions keyturn_pair_2_\.\.\. are of a pair of columns whose column of cells is gone/u,
  );
  const refused = errorOf(await scene.run('rollback', ...run));
  expect(refused).toMatchObject({ code: 'KT_COLUMN_RENAMED', exitCode: 16 });
  await scene.change('ALTER TABLE people ADD COLUMN email text');
  expect((await scene.run('rollback', ...run, '--prefer', 'cells')).code).toBe(0);
  expect(await scene.query('SELECT id, email, phone FROM people ORDER BY id')).toEqual([
    ['1', 'a', '3'],
    ['2', 'b', '2'],
  ]);
  expect(await scene.query("SELECT proname FROM pg_proc WHERE proname LIKE 'keyturn%'")).toEqual([]);
});

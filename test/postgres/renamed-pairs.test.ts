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
    gone: 'people.email',
    back: 'people RENAME COLUMN mail TO email',
  },
  {
    kind: 'postgres',
    rename: 'COLUMN email TO mail',
    gone: 'people.email',
    back: 'people RENAME COLUMN mail TO email',
  },
  {
    kind: 'sqlite',
    rename: 'COLUMN email_sealed TO c',
    gone: 'email_sealed',
    back: 'people RENAME COLUMN c TO email_sealed',
  },
  { kind: 'sqlite', rename: 'TO persons', gone: 'people', back: 'persons RENAME TO people' },
] as const)(
  'on $kind, a rollback after RENAME $rename names $gone and touches nothing, and so does whatever goes on',
  async ({ kind, rename, gone, back }) => {
    const scene = await createReady(kind);
    await scene.change(`ALTER TABLE people RENAME ${rename}`);
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
      ['1', 'a', '1'],
      ['2', 'fresh', '2'],
    ]);
  },
);

test('a column of plaintext that was dropped by hand comes back from its cells once it is there again', async () => {
  const scene = await createReady('postgres');
  await scene.change('ALTER TABLE people DROP COLUMN email CASCADE');
  const refused = errorOf(await scene.run('rollback', ...run));
  expect(refused).toMatchObject({ code: 'KT_COLUMN_RENAMED', exitCode: 16 });
  await scene.change('ALTER TABLE people ADD COLUMN email text');
  expect((await scene.run('rollback', ...run, '--prefer', 'cells')).code).toBe(0);
  expect(await scene.query('SELECT id, email FROM people ORDER BY id')).toEqual([
    ['1', 'a'],
    ['2', 'b'],
  ]);
});

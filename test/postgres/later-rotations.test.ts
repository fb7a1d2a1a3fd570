import { expect, test } from 'vitest';
import { createSceneOn, databaseKinds } from '../support/scene-on.ts';
import { rotationKeys, token } from '../support/scene.ts';

const values = ['Ada', 'Grace', 'Karen'];
const people = `CREATE TABLE people(id integer PRIMARY KEY, name text);
  INSERT INTO people VALUES ${values.map((name, index) => `(${String(index + 1)}, '${name}')`).join(', ')};`;

test.each(databaseKinds)(
  'an encryption whose cells a later rotation has is not taken back before that one (%s)',
  async (kind) => {
    const scene = await createSceneOn(kind, people);
    const encryption = ['--key', 'file:old.key', '--format', 'fernet', '--column', 'people.name', '--yes'];
    expect((await scene.run('encrypt', ...encryption)).code).toBe(0);
    expect((await scene.run('rotate', ...rotationKeys, '--yes')).code).toBe(0);
    const [[first = ''] = [], [later = ''] = []] = (await scene.query(
      'SELECT id FROM keyturn_migration ORDER BY id',
    )) as readonly (readonly string[])[];
    const before = await scene.dump();
    const refused = await scene.run('rollback', first, '--yes');
    expect(refused.code).toBe(12);
    expect(refused.stderr).toContain('does not open any cell of people.name');
    expect(refused.stderr).toContain(`migration ${later} took them from key`);
    expect(refused.stderr).toContain(`keyturn rollback ${later}`);
    expect(refused.stderr).toMatch(/keyturn decrypt --key file:\S+new.key --column people.name --database/u);
    // One of the application's own is enough for nothing but a quarantine of the others.
    await scene.change(`UPDATE people SET name = '${token('old', 'Ada')}' WHERE id = 1`);
    const mixed = await scene.run('rollback', first, '--yes', '--json');
    expect(mixed.stdout).toContain('does not open all cells of people.name');
    await scene.change(`UPDATE people SET name = '${token('new', 'Ada')}' WHERE id = 1`);
    expect(await scene.query('SELECT count(*) FROM keyturn_migration')).toEqual([['2']]);
    expect((await scene.dump()).length).toBe(before.length);
    expect((await scene.run('rollback', later, '--yes')).code).toBe(0);
    const back = await scene.run('rollback', first, '--yes');
    expect(back.code, back.stderr).toBe(0);
    const names = await scene.query('SELECT name FROM people ORDER BY id');
    expect(names.flat()).toEqual(values);
  },
);

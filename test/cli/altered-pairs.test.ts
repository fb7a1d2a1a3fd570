import { expect, test } from 'vitest';
import { createScene, errorOf, opened, token, type Scene } from '../support/scene.ts';
import { succeeds } from '../support/succeeds.ts';

/*
 * An application that goes on living alters its tables, too, while some of their columns are on their way into others.
 */

const run = ['--yes', '--json', '--progress', 'none', '--no-backup'] as const;
const encryption = [
  ...['--column', 'people.email', '--key', 'file:new.key', '--format', 'fernet', '--into', 'sealed'],
  ...run,
] as const;

const createPeople = (): Scene =>
  createScene((database) =>
    database.exec(`CREATE TABLE people(id INTEGER PRIMARY KEY, email TEXT);
      INSERT INTO people VALUES (1, 'a'), (2, 'b'), (3, 'c')`),
  );

/** As frameworks do it that alter a table of SQLite: a new one, with the rows and the name of the old one. */
function rebuild(scene: Scene): void {
  scene.change((database) =>
    database.exec(`CREATE TABLE rebuilt(id INTEGER PRIMARY KEY, email TEXT, sealed TEXT, age INTEGER);
      INSERT INTO rebuilt(id, email, sealed) SELECT id, email, sealed FROM people;
      DROP TABLE people; ALTER TABLE rebuilt RENAME TO people;
      UPDATE people SET sealed = '${token('new', 'cell 2')}' WHERE id = 2; UPDATE people SET email = 'plain 3' WHERE id = 3`),
  );
}

test('a table that gets a column meanwhile is finalized all the same', async () => {
  const scene = createPeople();
  await succeeds(scene, 'encrypt', ...encryption);
  scene.change((database) => database.exec('ALTER TABLE people ADD COLUMN age INTEGER'));
  await succeeds(scene, 'encrypt', ...encryption);
  scene.change((database) => database.exec('ALTER TABLE people ADD COLUMN town TEXT'));
  await succeeds(scene, 'finalize', ...run, '--confirm', 'people.email');
  expect(scene.query('SELECT count(email), count(sealed) FROM people')).toEqual([[0n, 3n]]);
});

test('to decrypt a column whose cells are in another one is refused, and so is to take back what was decrypted there', async () => {
  const scene = createPeople();
  await succeeds(scene, 'encrypt', ...encryption);
  await succeeds(scene, 'finalize', ...run, '--confirm', 'people.email');
  const key = ['--key', 'file:new.key', '--format', 'fernet', ...run];
  const moved = errorOf(await scene.run('decrypt', '--column', 'people.email', ...key));
  expect(moved).toMatchObject({ code: 'KT_NOTHING_FOUND', exitCode: 17 });
  expect(moved.message).toContain('people.sealed');
  await succeeds(scene, 'decrypt', '--column', 'people.sealed', ...key);
  const [first] = scene.values('SELECT id FROM keyturn_migration ORDER BY created_at');
  const early = await scene.run('rollback', String(first), ...run);
  expect(errorOf(early)).toMatchObject({ code: 'KT_ROLLBACK_IMPOSSIBLE', exitCode: 16 });
  await succeeds(scene, 'rollback', ...run);
  await succeeds(scene, 'rollback', String(first), ...run);
  expect(scene.values('SELECT email FROM people')).toEqual(['a', 'b', 'c']);
});

test.each([
  ['cells', 'finalize', ['a', 'cell 2', 'c']],
  ['plaintext', 'finalize', ['a', 'b', 'plain 3']],
  ['cells', 'rollback', ['a', 'cell 2', 'c']],
] as const)(
  'a table that was rebuilt has lost its triggers: somebody has to say that the %s count: %s',
  async (side, command, expected) => {
    const scene = createPeople();
    await succeeds(scene, 'encrypt', ...encryption);
    rebuild(scene);
    const args = [...run, ...(command === 'finalize' ? ['--confirm', 'people.email'] : [])];
    expect(errorOf(await scene.run(command, ...args))).toMatchObject({
      code: 'KT_WRITES_UNSEEN',
      exitCode: 5,
    });
    await succeeds(scene, command, ...args, '--prefer', side);
    const values =
      command === 'finalize'
        ? scene.values('SELECT sealed FROM people ORDER BY id').map((cell) => opened('new', cell))
        : scene.values('SELECT email FROM people ORDER BY id');
    expect(values).toEqual(expected);
  },
);

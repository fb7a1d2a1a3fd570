import { expect, test } from 'vitest';
import { createScene, errorOf, opened, token } from '../support/scene.ts';
import { succeeds } from '../support/succeeds.ts';

/*
 * What gets into a pair of columns unasked: the default of a column that takes no values any more, and rows without a
 * key to tell them apart. None of it may lose a value, or change one.
 */

const run = ['--yes', '--json', '--progress', 'none', '--no-backup'] as const;

const fewPeople = `
  CREATE TABLE people(id TEXT PRIMARY KEY, note TEXT DEFAULT 'none'); INSERT INTO people VALUES ('a', 'one'), ('b', NULL)`;

/** An encryption of the notes of few people. */
const notes = ['--column', 'people.note', '--key', 'file:new.key', '--format', 'fernet', '--into', 'sealed'];

test('a cell that was written after finalize comes back, although its row got the default of the emptied column', async () => {
  const scene = createScene((database) => database.exec(fewPeople));
  await succeeds(scene, 'encrypt', ...notes, ...run);
  await succeeds(scene, 'finalize', ...run, '--confirm', 'people.note');
  scene.change((database) => {
    database.exec(`INSERT INTO people(id, sealed) VALUES ('c', '${token('new', 'late')}');
      INSERT INTO people(id) VALUES ('d')`);
  });
  const update = "UPDATE people SET note = 'none' WHERE id = 'a'";
  expect(() => {
    scene.change((database) => database.exec(update));
  }).toThrow('write "sealed"');
  await succeeds(scene, 'rollback', ...run);
  expect(scene.query('SELECT * FROM people ORDER BY id')).toEqual([
    ['a', 'one'],
    ['b', null],
    ['c', 'late'],
    ['d', 'none'],
  ]);
});

test('a default that differs from row to row goes with the values of its column, and comes back with them', async () => {
  const sql = `CREATE TABLE people(id TEXT PRIMARY KEY, note TEXT NOT NULL UNIQUE DEFAULT (hex(randomblob(4))),
    at TEXT DEFAULT CURRENT_TIMESTAMP)`;
  const scene = createScene((database) =>
    database.exec(`${sql}; INSERT INTO people(id) VALUES ('a'), ('b')`),
  );
  const before = scene.query('SELECT * FROM people');
  await succeeds(scene, 'encrypt', ...notes, ...run);
  await succeeds(scene, 'finalize', ...run, '--confirm', 'people.note', '--drop-unique');
  // Another random value than the one that the trigger compares with would be taken for plaintext.
  scene.change((database) =>
    database.exec(`INSERT INTO people(id, sealed) VALUES ('c', '${token('new', 'c')}')`),
  );
  await succeeds(scene, 'rollback', ...run);
  expect(scene.query('SELECT id, note FROM people')).toEqual([
    ...before.map((row) => row.slice(0, 2)),
    ['c', 'c'],
  ]);
  expect(scene.values("SELECT sql FROM sqlite_schema WHERE name = 'people'")).toEqual([sql]);
});

test('a column with a default is not dropped: rows without a value would come back with it', async () => {
  const scene = createScene((database) => database.exec(fewPeople));
  const before = scene.query('SELECT * FROM people');
  await succeeds(scene, 'encrypt', ...notes, ...run);
  const refused = await scene.run('finalize', ...run, '--contract', 'drop', '--confirm', 'people.note');
  expect(errorOf(refused)).toMatchObject({ code: 'KT_COLUMN_STAYS', exitCode: 2 });
  expect(errorOf(refused).hints[0]).toContain('--contract empty');
  await succeeds(scene, 'finalize', ...run, '--confirm', 'people.note');
  await succeeds(scene, 'rollback', ...run);
  expect(scene.query('SELECT * FROM people')).toEqual(before);
});

test('rows whose primary key is NULL are not followed: refused where there are any, and none are let in', async () => {
  const scene = createScene((database) => database.exec(fewPeople));
  const insert = "INSERT INTO people(id, note) VALUES (NULL, 'nobody')";
  scene.change((database) => database.exec(insert));
  const refused = await scene.run('encrypt', ...notes, ...run);
  expect(errorOf(refused)).toMatchObject({ code: 'KT_UNWRITABLE_COLUMN', exitCode: 2 });
  scene.change((database) => database.exec('DELETE FROM people WHERE id IS NULL'));
  await succeeds(scene, 'encrypt', ...notes, ...run);
  for (const statement of [insert, "UPDATE people SET id = NULL WHERE id = 'a'"]) {
    expect(() => {
      scene.change((database) => database.exec(statement));
    }).toThrow('primary key');
  }
  await succeeds(scene, 'rollback', ...run);
  scene.change((database) => database.exec(insert));
});

test.each([2, 3, 4])(
  'what a default writes to the plaintext column while finalize begins its pass %i becomes a cell',
  async (occurrence) => {
    const scene = createScene((database) => database.exec(fewPeople));
    await succeeds(scene, 'encrypt', ...notes, ...run);
    const stop = { step: 'pass begun', occurrence, signal: 'SIGSTOP' } as const;
    const finalize = scene.start(['finalize', ...run, '--confirm', 'people.note'], [stop]);
    await finalize.standsStill();
    scene.change((database) => database.exec("INSERT INTO people(id) VALUES ('late')"));
    finalize.signal('SIGCONT');
    expect(await finalize.ended).toMatchObject({ code: 0, json: { state: 'succeeded' } });
    const cells = scene.values("SELECT sealed FROM people WHERE id = 'late'");
    expect(cells.map((cell) => opened('new', cell))).toEqual(['none']);
    expect(scene.query('SELECT count(note) FROM people')).toEqual([[0n]]);
  },
);

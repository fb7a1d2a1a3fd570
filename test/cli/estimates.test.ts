import { statSync } from 'node:fs';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { estimateOf, expectWithinAThird, planOf } from '../support/estimates.ts';
import { createScene } from '../support/scene.ts';

const people = 10_000;
const twoIndexes = ['--blind-index', 'people.email:lower', '--blind-index', 'people.email:domain'];

const cases = [
  { rows: "'p' || i || '@example.org', 'note ' || i", flags: [], index: 'CREATE INDEX i ON people(email)' },
  { rows: "hex(randomblob(200)), 'note ' || i", flags: [], index: '' },
  {
    rows: "'p' || i || '@example.org', hex(randomblob(100))",
    flags: ['--into', 'cells', ...twoIndexes, '--index-key', 'file:third.key'],
    index: '',
  },
];

test.each(cases)('an encryption takes as much of the disk as its plan says: $rows', async (one) => {
  const scene = createScene(
    (database) => {
      database.exec(`CREATE TABLE people(id INTEGER PRIMARY KEY, email TEXT, note TEXT); ${one.index};
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${String(people)})
        INSERT INTO people SELECT i, ${one.rows} FROM n`);
    },
    { journalMode: 'wal' },
  );
  const column = ['people.email', '--key', 'file:new.key', ...one.flags];
  const { growthBytes, logBytes } = await estimateOf(scene, column);
  const size = statSync(scene.path).size;
  // Nothing of the log is written back for as long as somebody reads what was there before.
  const reader = new Database(scene.path);
  reader.exec('BEGIN; SELECT count(*) FROM people');
  const { code, stderr } = await scene.run('encrypt', '--yes', '--no-backup', '--column', ...column);
  expect(code, stderr).toBe(0);
  const log = statSync(`${scene.path}-wal`).size;
  reader.close();
  scene.change((database) => {
    database.pragma('wal_checkpoint(TRUNCATE)');
  });
  expectWithinAThird(growthBytes, statSync(scene.path).size - size);
  // How often a page of an index is written depends on how large chunks can be on this machine.
  if (one.index === '' && one.flags.length === 0) expectWithinAThird(logBytes, log);
});

test('a rotation of the key of a blind index alone takes as much of the disk as its plan says', async () => {
  const scene = createScene((database) => {
    database.exec(`CREATE TABLE people(id INTEGER PRIMARY KEY, email TEXT, note TEXT);
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${String(people)})
      INSERT INTO people SELECT i, 'p' || i || '@example.org', 'note ' || i FROM n`);
  });
  const column = ['--column', 'people.email', '--key', 'file:old.key', '--blind-index', 'people.email:lower'];
  const encrypted = await scene.run(
    'encrypt',
    '--yes',
    '--no-backup',
    ...column,
    '--index-key',
    'file:third.key',
  );
  expect(encrypted.code, encrypted.stderr).toBe(0);
  const keys = ['--old-key', 'file:old.key', '--new-key', 'file:old.key', '--new-index-key', 'file:new.key'];
  const { growthBytes } = await planOf(scene, keys);
  const size = statSync(scene.path).size;
  const { code, stderr } = await scene.run('rotate', '--yes', '--no-backup', ...keys);
  expect(code, stderr).toBe(0);
  expectWithinAThird(growthBytes, statSync(scene.path).size - size);
});

import { expect, test } from 'vitest';
import { createScene } from '../support/scene.ts';

const run = ['--yes', '--json', '--progress', 'none', '--no-backup'] as const;

test('a unique blind index takes the place of a UNIQUE: finalize asks nothing, and the database refuses what it refused before', async () => {
  const scene = createScene((database) => {
    database.exec(`CREATE TABLE people(id INTEGER PRIMARY KEY, email TEXT UNIQUE);
      INSERT INTO people(email) VALUES ('one@example.com'), ('two@example.com')`);
  });
  const unique = ['--blind-index', 'people.email:exact,unique', '--index-key', 'file:third.key'];
  const words = ['--column', 'people.email', '--key', 'file:new.key', '--into', 'sealed', ...unique, ...run];
  const encrypted = await scene.run('encrypt', ...words);
  expect(encrypted.code, encrypted.stdout).toBe(0);
  const finalized = await scene.run('finalize', '--confirm', 'people.email', ...run);
  expect(finalized.code, finalized.stdout).toBe(0);
  const again = 'UPDATE people SET email_bidx = (SELECT max(email_bidx) FROM people) RETURNING 1';
  expect(() => scene.query(again)).toThrow('UNIQUE');
});

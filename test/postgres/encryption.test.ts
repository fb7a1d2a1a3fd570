import { expect, test } from 'vitest';
import type { InitResult } from '../../src/lib/cli/results/init-result.ts';
import type { RunResult } from '../../src/lib/cli/results/run-result.ts';
import { createPostgresScene } from '../support/postgres/postgres-scene.ts';
import { runKeyturn } from '../support/run-keyturn.ts';
import { errorOf } from '../support/scene.ts';

const people = `
  CREATE TABLE users(id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, email text, code varchar(200), photo bytea,
    age integer, born timestamptz, note jsonb);
  INSERT INTO users(email, code, photo, age, born, note)
    SELECT 'user' || n || '@example.com', nullif('C-' || n % 7, 'C-0'), decode(lpad(to_hex(n), 8, '0'), 'hex'), n, now(), '{"a": 1}'
    FROM generate_series(1, 500) AS n`;

const everything = 'SELECT id, email, code, photo, age, born, note FROM users ORDER BY id';
const columns = ['--column', 'users.email', '--column', 'users.code', '--column', 'users.photo'] as const;
const run = ['--key', 'file:new.key', '--yes', '--json', '--progress', 'none'] as const;

test('text and bytes of a server are encrypted in place, taken back, encrypted again and decrypted', async () => {
  const scene = await createPostgresScene(people);
  const before = await scene.query(everything);
  for (const [command, flags] of [
    ['encrypt', [...columns, ...run]],
    ['rollback', ['--yes', '--json']],
    ['encrypt', [...columns, ...run]],
    ['decrypt', [...columns, ...run]],
  ] as const) {
    const { code, stdout, stderr } = await scene.run(command, ...flags);
    expect(code, stdout + stderr).toBe(0);
    // What the driver complains about would stand here.
    expect(stderr).not.toContain('Warning');
    const { cells } = JSON.parse(stdout) as RunResult;
    expect(cells).toMatchObject({ rewritten: 1500 - 71, null: 71, quarantined: 0 });
    const isPlain = command !== 'encrypt';
    expect((await scene.query(everything)).every((row, index) => row[1] === before[index]?.[1])).toBe(
      isPlain,
    );
  }
  expect(await scene.query(everything)).toEqual(before);
});

test.each(['age', 'born', 'note'])(
  'a column whose type has no room for cells is refused: %s',
  async (column) => {
    const scene = await createPostgresScene(people);
    const result = await scene.run('encrypt', '--column', `users.${column}`, ...run);
    expect(result.code).toBe(2);
    const way = `keyturn encrypt --column users.${column} --into '{column}_encrypted'`;
    expect(errorOf(result)).toMatchObject({ code: 'KT_UNWRITABLE_COLUMN' });
    expect(errorOf(result).hints.join()).toContain(way);
  },
);

test('what a scan selects can be encrypted by the commands that init says, arrays in a column of their own', async () => {
  const scene = await createPostgresScene(`
    CREATE TABLE people(id int PRIMARY KEY, email text, mails text[], doc jsonb, short varchar(20), kept text CHECK (kept LIKE '%@%')); CREATE TABLE loose(mails text[]);
    INSERT INTO people SELECT n, n || '@example.com', ARRAY[n || '@example.com'], '{"mail": "a@example.com"}', 'b@example.com', 'c@example.com' FROM generate_series(1, 9) AS n;
    INSERT INTO loose VALUES (ARRAY['a@example.com'])`);
  const { stdout } = await scene.run('init', '--from-scan', '--json');
  const { exposed, next } = JSON.parse(stdout) as InitResult;
  expect(Object.fromEntries(exposed.map(({ name, encryption }) => [name, encryption]))).toEqual({
    'people.email': 'in place',
    'people.mails': 'into another column',
    'people.doc': 'into another column',
    'people.short': 'into another column',
    'people.kept': 'into another column',
    'loose.mails': 'none',
  });
  const commands = next.filter((command) => command.startsWith('keyturn encrypt '));
  expect(commands).toHaveLength(2);
  for (const command of commands) {
    const words = command.replaceAll("'", '').replace('REF', 'file:new.key').split(' ').slice(1);
    const { code, stderr } = await runKeyturn([...words, '--yes', '-q'], { cwd: scene.folder });
    expect(code, stderr).toBe(0);
  }
  const [row] = await scene.query('SELECT email, mails_encrypted, doc_encrypted FROM people WHERE id = 1');
  expect(row?.every((value) => value?.startsWith('kt1.'))).toBe(true);
});

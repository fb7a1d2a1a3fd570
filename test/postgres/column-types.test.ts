import { expect, test } from 'vitest';
import type { VerifyResult } from '../../src/lib/cli/results/verify-result.ts';
import { createPostgresScene } from '../support/postgres/postgres-scene.ts';
import { literal } from '../support/postgres/token-table.ts';
import { errorOf, opened, rotationKeys, token } from '../support/scene.ts';

const flags = [...rotationKeys, '--yes', '--json', '--progress', 'none'];
const old = token('old', 'a secret');
const another = token('old', 'another');
const document = `{"user" : "alice", "n": 1.500, "password": "${old}", "more": [null, "${another}"]}`;

/** A column that holds several values, where one of its cells stands, and what that one opens to. */
interface CompoundColumn {
  readonly name: string;
  readonly type: string;
  readonly value: string;
  readonly cell: string;
  readonly plaintext: string;
}

const rewritten: readonly CompoundColumn[] = [
  {
    name: 'a',
    type: 'jsonb',
    value: literal(JSON.stringify(old)),
    cell: "a #>> '{}'",
    plaintext: 'a secret',
  },
  { name: 'b', type: 'json', value: literal(document), cell: "b ->> 'password'", plaintext: 'a secret' },
  { name: 'c', type: 'document', value: literal(document), cell: "c #>> '{more,1}'", plaintext: 'another' },
  {
    name: 'd',
    type: 'text[]',
    value: `ARRAY[${literal(old)}, NULL, ${literal(another)}]`,
    cell: 'd[3]',
    plaintext: 'another',
  },
  {
    name: 'e',
    type: 'varchar(200)[]',
    value: `ARRAY[[${literal(old)}], [${literal(another)}]]`,
    cell: 'e[2][1]',
    plaintext: 'another',
  },
];

const searched: readonly Pick<CompoundColumn, 'name' | 'type' | 'value'>[] = [
  { name: 'f', type: 'hstore', value: `hstore('password', ${literal(old)})` },
  { name: 'g', type: 'xml', value: `xmlparse(content ${literal(`<user password="${old}"/>`)})` },
  { name: 'h', type: 'pair', value: `ROW(1, ${literal(old)})::pair` },
  { name: 'i', type: 'jsonb[]', value: `ARRAY[to_jsonb(${literal(old)}::text)]` },
  { name: 'j', type: 'bytea[]', value: `ARRAY[convert_to(${literal(old)}, 'UTF8')]` },
];

/** A table with one row, an ordinary cell in it, and columns of these types. */
function holderOf(columns: readonly Pick<CompoundColumn, 'name' | 'type' | 'value'>[]): string {
  return `CREATE EXTENSION hstore; CREATE TYPE pair AS (number int, note text);
    CREATE DOMAIN document AS jsonb CHECK (jsonb_typeof(VALUE) = 'object');
    CREATE TABLE holder(id int PRIMARY KEY, note text, ${columns.map(({ name, type }) => `${name} ${type}`).join(', ')});
    INSERT INTO holder VALUES (1, ${literal(old)}, ${columns.map(({ value }) => value).join(', ')});`;
}

test('cells in documents and arrays are rotated where they stand, and come back byte for byte', async () => {
  const scene = await createPostgresScene(holderOf(rewritten));
  const names = rewritten.map(({ name }) => name);
  const texts = `SELECT ${names.map((name) => `${name}::text`).join(', ')} FROM holder`;
  const stripped = `SELECT ${names.map((name) => `regexp_replace(${name}::text, 'gAAAA[\\w=-]*', '', 'g')`).join(', ')} FROM holder`;
  const [before, around] = [await scene.query(texts), await scene.query(stripped)];
  const rotation = await scene.run('rotate', ...flags, '--keep-undo');
  expect(rotation.code, rotation.stdout + rotation.stderr).toBe(0);
  expect(JSON.parse(rotation.stdout)).toMatchObject({ cells: { rewritten: 6, quarantined: 0 } });
  const [cells = []] = await scene.query(
    `SELECT ${rewritten.map(({ cell }) => cell).join(', ')} FROM holder`,
  );
  expect(cells.map((cell) => opened('new', cell))).toEqual(rewritten.map(({ plaintext }) => plaintext));
  expect(await scene.query(stripped)).toEqual(around);
  const verified = await scene.run('verify', '--json');
  const { columns } = JSON.parse(verified.stdout) as VerifyResult;
  expect(columns.map((column) => column.cells.new)).toEqual([1, 1, 2, 2, 2, 2]);
  expect(await scene.run('rollback', '--yes')).toMatchObject({ code: 0 });
  expect(await scene.query(texts)).toEqual(before);
});

test('cells in types that are not rewritten are named before anything is written, and found by the census', async () => {
  const scene = await createPostgresScene(holderOf(searched));
  const refused = await scene.run('rotate', ...flags);
  expect(refused.code).toBe(2);
  expect(errorOf(refused)).toMatchObject({ code: 'KT_UNWRITABLE_COLUMN' });
  expect(await scene.query('SELECT note FROM holder')).toEqual([[old]]);
  const excluded = await scene.run(
    'rotate',
    ...flags,
    ...searched.flatMap(({ name }) => ['--exclude', `holder.${name}`]),
  );
  expect(excluded.code, excluded.stdout + excluded.stderr).toBe(14);
  expect(await scene.query('SELECT failure_code FROM keyturn_migration')).toEqual([['KT_LEFT_BEHIND']]);
  for (const { name } of searched) {
    expect(errorOf(refused).message).toContain(`holder.${name} is of a type in which`);
    expect(excluded.stdout).toContain(`holder.${name} still holds 1 cell under the old key`);
  }
});

test('a text in a document becomes the object that its new format is, and a text again', async () => {
  const scene = await createPostgresScene(
    holderOf([{ name: 'held', type: 'jsonb', value: literal(document) }]),
  );
  const formats = ['--format', 'fernet', '--to-format', 'aes-256-gcm-json'];
  const run = await scene.run('rotate', ...flags, ...formats);
  expect(run.code, run.stdout + run.stderr).toBe(0);
  expect(await scene.query("SELECT held #>> '{password,encrypted}' FROM holder")).toEqual([['true']]);
  expect(await scene.run('rollback', '--yes')).toMatchObject({ code: 0 });
  const [row] = await scene.query("SELECT held ->> 'password', held ->> 'user' FROM holder");
  expect([opened('old', row?.[0] ?? null), row?.[1]]).toEqual(['a secret', 'alice']);
});

test('columns without room for the new cells are named with the statement that makes room', async () => {
  const scene = await createPostgresScene(`CREATE SCHEMA "My shop"; CREATE DOMAIN short AS varchar(100);
    CREATE TABLE "My shop".people(id int PRIMARY KEY, a varchar(100), b char(105), c short, d varchar(300));
    INSERT INTO "My shop".people SELECT 1, cell, cell, cell, cell FROM (VALUES (${literal(old)})) AS one(cell);`);
  const formats = ['--to-format', 'aes-256-gcm-json'];
  const refused = await scene.run(
    'plan',
    '--old-key',
    'file:old.key',
    '--new-key',
    'file:new.key',
    ...formats,
    '--json',
  );
  expect(refused.code, refused.stdout).toBe(2);
  const { code, message, hints } = errorOf(refused);
  expect(code).toBe('KT_CELLS_TOO_LONG');
  expect(message).toContain('is character varying(100), and a cell of it becomes 107 characters long');
  expect(hints).toHaveLength(3);
  for (const hint of hints) await scene.query(hint);
  const run = await scene.run('rotate', ...flags, ...formats);
  expect(run.code, run.stdout + run.stderr).toBe(0);
});

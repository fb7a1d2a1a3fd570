import { Client } from 'pg';
import { expect, inject, onTestFinished, test } from 'vitest';
import { createPostgresScene } from '../support/postgres/postgres-scene.ts';
import { literal, peopleTable } from '../support/postgres/token-table.ts';
import { rotationKeys, token } from '../support/scene.ts';

const encryption = ['--key', 'file:new.key', '--column', 'people.name', '--yes', '--progress', 'none'];

/** Does work on a connection to a new database of this encoding, which is gone with the test. */
async function createDatabase(encoding: string, sql: string): Promise<{ url: string; client: Client }> {
  const administrator = new Client({
    connectionString: inject('postgresUrl').replace('DATABASE', 'postgres'),
  });
  await administrator.connect();
  const name = `encoded_${crypto.randomUUID().replaceAll('-', '')}`;
  await administrator.query(
    `CREATE DATABASE ${name} TEMPLATE template0 ENCODING '${encoding}' LC_COLLATE 'C' LC_CTYPE 'C'`,
  );
  const url = inject('postgresUrl').replace('DATABASE', name);
  const client = new Client({ connectionString: url });
  await client.connect();
  onTestFinished(async () => {
    await client.end();
    await administrator.query(`DROP DATABASE ${name} WITH (FORCE)`);
    await administrator.end();
  });
  await client.query(sql);
  return { url, client };
}

const rows = `CREATE TABLE people(id int PRIMARY KEY, name text, secret text);
  INSERT INTO people VALUES (1, 'größe', ${literal(token('old', 'größe'))}), (2, 'plain', ${literal(token('old', 'plain'))})`;
const hex = "SELECT encode(convert_to(name, getdatabaseencoding()), 'hex') AS name FROM people ORDER BY id";

test('text that is no valid UTF-8 is found before the first write, wherever it stands; once it is mended all goes on', async () => {
  const scene = await createPostgresScene(peopleTable(1));
  const { url, client } = await createDatabase('SQL_ASCII', rows);
  await client.query('CREATE TABLE elsewhere(id int PRIMARY KEY, note text)');
  await client.query("INSERT INTO elsewhere SELECT 1, convert_from('\\xff41'::bytea, 'SQL_ASCII')");
  for (const command of [
    ['encrypt', ...encryption],
    ['rotate', ...rotationKeys, '--yes'],
  ] as const) {
    const [name, ...flags] = command;
    const refused = await scene.runOn(url, name, ...flags);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('KT_TEXT_INVALID');
    expect(refused.stderr).toContain('column "note" of table "elsewhere" holds text that is no valid UTF-8');
  }
  expect((await client.query("SELECT 1 FROM pg_class WHERE relname LIKE 'keyturn%'")).rows).toEqual([]);
  await client.query(
    "UPDATE elsewhere SET note = convert_from(convert(convert_to(note, 'SQL_ASCII'), 'LATIN1', 'UTF8'), 'SQL_ASCII') WHERE note ~ '[^\\x01-\\x7f]'",
  );
  const before = (await client.query(hex)).rows;
  for (const command of [['rotate', ...rotationKeys], ['encrypt', ...encryption], ['rollback']]) {
    const [name = '', ...flags] = command;
    const done = await scene.runOn(url, name, ...flags, '--yes');
    expect(done.code, done.stderr).toBe(0);
  }
  expect((await client.query(hex)).rows).toEqual(before);
});

test('a database in another encoding, and blanks at the end of a bpchar, come back byte for byte', async () => {
  const scene = await createPostgresScene(peopleTable(1));
  const { url, client } = await createDatabase('LATIN1', rows.replace('name text', 'name bpchar'));
  await client.query("INSERT INTO people VALUES (3, 'blanks  '), (4, ' ')");
  const marked = hex.replace('name,', "name || '|',");
  const before = (await client.query(marked)).rows;
  const sizes = 'SELECT octet_length(name) AS size FROM people ORDER BY id';
  const sizesBefore = (await client.query(sizes)).rows;
  for (const command of [
    ['encrypt', ...encryption],
    ['rollback', '--yes'],
  ]) {
    const [name = '', ...flags] = command;
    const done = await scene.runOn(url, name, ...flags);
    expect(done.code, done.stderr).toBe(0);
  }
  expect((await client.query(marked)).rows).toEqual(before);
  expect((await client.query(sizes)).rows).toEqual(sizesBefore);
});

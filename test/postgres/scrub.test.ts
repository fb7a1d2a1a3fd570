import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ScrubResult } from '../../src/lib/cli/results/scrub-result.ts';
import { createPostgresScene, type PostgresScene } from '../support/postgres/postgres-scene.ts';
import { startPostgresServer, type PostgresServer } from '../support/postgres/postgres-server.ts';

const rows = 400;
// The statistics have to be those of the plaintext until somebody scrubs.
const people = `
  CREATE TABLE people(id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, email text, photo bytea)
    WITH (autovacuum_enabled = off);
  INSERT INTO people(email, photo)
    SELECT n * 7919 + 1000000 || '-' || n * 104729::int8 + 1000000000 || '@example.com', sha256(n::text::bytea)
    FROM generate_series(1, ${String(rows)}) AS n;
  CREATE INDEX ON people(email);
  ANALYZE people`;
const quiet = ['--yes', '--json', '--progress', 'none'] as const;

// Replication slots of other tests would keep dead rows of the catalogue, which statistics are.
let server: PostgresServer;

beforeAll(async () => {
  server = await startPostgresServer({ writes: 'fast' });
});

afterAll(() => server.close());

/** How many of the old values stand in the server's files, by a search that shares no code with ours. */
async function canaries(scene: PostgresScene, values: readonly string[]): Promise<number> {
  const [[folder = '', oid = ''] = []] = await scene.query(
    "SELECT current_setting('data_directory'), oid::text FROM pg_database WHERE datname = current_database()",
  );
  const files = [join(folder ?? '', 'base', oid ?? ''), join(folder ?? '', 'pg_wal')].flatMap((path) =>
    readdirSync(path)
      .map((name) => join(path, name))
      .filter((file) => statSync(file).isFile())
      .map((file) => readFileSync(file)),
  );
  return values.filter((value) => files.some((content) => content.includes(value))).length;
}

test('old values of a server are found in its files before a scrub, and nowhere afterwards', async () => {
  const scene = await createPostgresScene(people, { serverUrl: server.url('DATABASE') });
  const values = (await scene.query('SELECT email FROM people')).map(([email]) => email ?? '');
  const columns = ['--column', 'people.email', '--column', 'people.photo'];
  const encrypt = await scene.run('encrypt', ...columns, '--key', 'file:new.key', ...quiet);
  expect(encrypt.code, encrypt.stderr).toBe(0);
  await scene.query('CHECKPOINT');
  expect(await canaries(scene, values)).toBe(rows);
  const check = await scene.run('scrub', '--check', ...quiet);
  expect(check.code, check.stdout + check.stderr).toBe(14);
  const found = JSON.parse(check.stdout) as ScrubResult;
  expect(found.state).toBe('remains');
  expect(found.remains.map(({ place }) => place)).toEqual(
    expect.arrayContaining(['people', 'the write-ahead log']),
  );

  const { code, stdout, stderr } = await scene.run('scrub', ...quiet);
  expect(code, stdout + stderr).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    state: 'clean',
    samples: 2 * rows,
    found: 0,
    remains: [],
    columns: [{ column: 'email' }, { column: 'photo' }],
  });
  expect(await canaries(scene, values)).toBe(0);
  const audit = await scene.run('audit verify');
  expect(audit.code).toBe(0);
});

test('who may read no files searches the statistics of his tables, and nothing is said to be proven', async () => {
  const role = `owner_${crypto.randomUUID().replaceAll('-', '')}`;
  const scene = await createPostgresScene(
    `${people}; CREATE ROLE ${role} LOGIN; ALTER TABLE people OWNER TO ${role}; GRANT CREATE ON SCHEMA public TO ${role}`,
    { serverUrl: server.url('DATABASE') },
  );
  const url = scene.url.replace('keyturn@', `${role}@`);
  const encrypt = await scene.runOn(
    url,
    'encrypt',
    ...['--column', 'people.email', '--key', 'file:new.key', ...quiet],
  );
  expect(encrypt.code, encrypt.stdout + encrypt.stderr).toBe(0);
  const before = await scene.runOn(url, 'scrub', '--check', ...quiet);
  expect(before.code, before.stdout).toBe(14);
  expect((JSON.parse(before.stdout) as ScrubResult).remains).toMatchObject([
    { place: 'statistics of people', kind: 'statistics' },
  ]);
  const { code, stdout } = await scene.runOn(url, 'scrub', ...quiet);
  expect(code, stdout).toBe(17);
  const result = JSON.parse(stdout) as ScrubResult;
  expect(result).toMatchObject({ state: 'unproven', samples: rows, found: 0, means: 'column statistics' });
  expect(result.unsearched[0]?.place).toContain("the server's data files");
  expect(result.unsearched[0]?.command).toContain('GRANT EXECUTE ON FUNCTION pg_read_binary_file');
  const status = await scene.runOn(url, 'status', '--json');
  expect(JSON.parse(status.stdout)).toMatchObject({ scrubbedAt: null });
  await scene.query(`REASSIGN OWNED BY ${role} TO CURRENT_USER; DROP OWNED BY ${role}; DROP ROLE ${role}`);
});

/** Lets the server look like one on another machine: its data folder no longer says that it is the folder of this server. */
function moveAway(): void {
  const path = join(server.folder, 'data', 'postmaster.pid');
  const lines = readFileSync(path, 'utf8').split('\n');
  lines[3] = '1';
  writeFileSync(path, lines.join('\n'));
}

async function encryptEmails(scene: PostgresScene): Promise<readonly string[]> {
  const values = (await scene.query('SELECT email FROM people')).map(([email]) => email ?? '');
  const words = ['--column', 'people.email', '--key', 'file:new.key', ...quiet];
  const { code, stderr } = await scene.run('encrypt', ...words);
  expect(code, stderr).toBe(0);
  await scene.query('CHECKPOINT');
  return values;
}

test('old values of a server on another machine are found in its files over the connection, and nowhere afterwards', async () => {
  moveAway();
  const scene = await createPostgresScene(people, { serverUrl: server.url('DATABASE') });
  const values = await encryptEmails(scene);
  const check = await scene.run('scrub', '--check', ...quiet);
  expect(check.code, check.stdout + check.stderr).toBe(14);
  const { means, found, remains, unsearched } = JSON.parse(check.stdout) as ScrubResult;
  expect({ means, found, unsearched }).toEqual({ means: 'server files', found: rows, unsearched: [] });
  expect(remains.map(({ place }) => place)).toEqual(
    expect.arrayContaining(['people', 'the write-ahead log']),
  );
  expect(remains.find(({ place }) => place === 'people')?.file).toMatch(/^base\/\d+\/\d+$/u);

  const scrub = await scene.run('scrub', '--yes');
  expect(scrub.code, scrub.stdout + scrub.stderr).toBe(0);
  expect(scrub.stdout).toMatch(/0 of 400 samples of old values found in \d.* MiB \(\d+ files of the server/u);
  expect(await canaries(scene, values)).toBe(0);
});

test('where a service takes the files away, pages are searched, and the log is said not to be', async () => {
  moveAway();
  const scene = await createPostgresScene(people, { serverUrl: server.url('DATABASE') });
  await scene.query(`CREATE SCHEMA tools; CREATE EXTENSION pageinspect SCHEMA tools;
    ALTER FUNCTION pg_read_binary_file(text, bigint, bigint, boolean) RENAME TO taken_away`);
  await encryptEmails(scene);
  const check = await scene.run('scrub', '--check', ...quiet);
  expect(check.code, check.stdout + check.stderr).toBe(14);
  expect((JSON.parse(check.stdout) as ScrubResult).remains.map(({ place }) => place)).toEqual(
    expect.arrayContaining(['people', 'statistics of people']),
  );
  const { code, stdout } = await scene.run('scrub', ...quiet);
  expect(code, stdout).toBe(17);
  const result = JSON.parse(stdout) as ScrubResult;
  expect(result).toMatchObject({ state: 'unproven', means: 'relation pages', samples: rows, found: 0 });
  expect(result.bytes).toBeGreaterThan(1_000_000);
  expect(result.unsearched.map(({ place }) => place).join()).toMatch(/^the write-ahead log/u);
});

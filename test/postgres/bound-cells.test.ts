import { expect, test } from 'vitest';
import type { RunResult } from '../../src/lib/cli/results/run-result.ts';
import { openedAt, placeOf, type PlacePart } from '../support/bound-cells.ts';
import { createPostgresScene, type PostgresScene } from '../support/postgres/postgres-scene.ts';
import { errorOf } from '../support/scene.ts';

const office = `
  CREATE SCHEMA app;
  CREATE TABLE users(id bigint PRIMARY KEY, email text, photo bytea);
  INSERT INTO users SELECT n, 'user' || n || '@example.com', decode(lpad(to_hex(n), 8, '0'), 'hex') FROM generate_series(1, 50) AS n;
  CREATE TABLE app.devices(tenant uuid, code varchar(20), opened date, serial bytea, note text, PRIMARY KEY (tenant, code, opened, serial));
  INSERT INTO app.devices VALUES ('AAAAAAAA-0000-4000-8000-000000000001', 'a,"b', '2024-02-29', '\\x0102', 'a note');
  CREATE TABLE visits(id int, month int, page text, PRIMARY KEY (id, month)) PARTITION BY LIST (month);
  CREATE TABLE visits_1 PARTITION OF visits FOR VALUES IN (1);
  CREATE TABLE visits_2 PARTITION OF visits FOR VALUES IN (2);
  INSERT INTO visits VALUES (1, 1, 'one'), (2, 2, 'two');
  CREATE TABLE logs(line text);
  INSERT INTO logs VALUES ('a line');
  CREATE TABLE moments(at timestamptz PRIMARY KEY, line text);
  INSERT INTO moments VALUES (now(), 'a line');`;

const columns = ['users.email', 'users.photo', 'app.devices.note', 'visits_1.page', 'visits_2.page'];
const quietly = ['--yes', '--json', '--progress', 'none'] as const;
const content = 'SELECT id, email, photo FROM users ORDER BY id';

function takeColumns(scene: PostgresScene, command: string, names: readonly string[]) {
  const flags = names.flatMap((column) => ['--column', column.replace('app.devices', '"app.devices"')]);
  return scene.run(command, ...flags, '--key', 'file:old.key', ...quietly);
}

/** What the first value of a query opens to in a place, under either key. */
async function valueAt(scene: PostgresScene, sql: string, place: Buffer): Promise<string> {
  const [cell] = (await scene.query(sql))[0] ?? [];
  const bytes = cell?.startsWith('\\x') ? Buffer.from(cell.slice(2), 'hex') : (cell ?? '');
  const opened = openedAt('old', bytes, place);
  return opened === 'does not open' ? `new: ${openedAt('new', bytes, place)}` : opened;
}

test('cells of a server are bound to their rows, whatever their keys, rotated and taken back', async () => {
  const scene = await createPostgresScene(office);
  const before = await scene.query(content);
  const { code, stdout } = await takeColumns(scene, 'encrypt', columns);
  expect(code, stdout).toBe(0);
  expect((JSON.parse(stdout) as RunResult).cells).toMatchObject({ rewritten: 103, quarantined: 0 });
  const device: readonly PlacePart[] = [
    ['t', 'aaaaaaaa-0000-4000-8000-000000000001'],
    ['t', 'a,"b'],
    ['t', '2024-02-29'],
    ['b', Buffer.of(1, 2)],
  ];
  const note = 'SELECT note FROM app.devices';
  expect(await valueAt(scene, note, placeOf('app.devices', 'note', ...device))).toBe('ta note');
  // A partition goes by the name of the whole table, so that a row may move to another one.
  const page = 'SELECT page FROM visits WHERE id = 2';
  expect(await valueAt(scene, page, placeOf('visits', 'page', ['i', '2'], ['i', '2']))).toBe('ttwo');
  const photo = 'SELECT photo FROM users WHERE id = 7';
  expect(await valueAt(scene, photo, placeOf('users', 'photo', ['i', '7']))).toBe('b\0\0\0\x07');

  await scene.query('UPDATE users SET email = (SELECT email FROM users WHERE id = 2) WHERE id = 1');
  const rotated = await scene.rotate();
  expect(rotated.code, rotated.stdout).toBe(3);
  expect(rotated.result.issues).toMatchObject([{ reason: 'displaced', cells: 1 }]);
  // The row is found although its column is called otherwise by now.
  await scene.query('ALTER TABLE users RENAME COLUMN email TO mail');
  const listed = await scene.run('issues list', '--json');
  expect(JSON.parse(listed.stdout)).toMatchObject({ issues: [{ column: 'email', where: '"id" = 1' }] });
  await scene.query('ALTER TABLE users RENAME COLUMN mail TO email');
  await scene.query('UPDATE users SET email = NULL WHERE id = 1');
  const resumed = await scene.run('execute', ...quietly);
  expect(resumed.code, resumed.stdout).toBe(0);
  expect(await valueAt(scene, photo, placeOf('users', 'photo', ['i', '7']))).toBe('new: b\0\0\0\x07');
  for (const migration of ['rotation', 'encryption']) {
    const id = (JSON.parse(stdout) as RunResult).migration ?? '';
    const back = await scene.run('rollback', ...(migration === 'rotation' ? [] : [id]), ...quietly);
    expect(back.code, back.stdout).toBe(0);
  }
  const after = await scene.query(content);
  expect(after).toEqual(before.map((row, index) => (index === 0 ? [row[0], null, row[2]] : row)));
});

test.each(['logs.line', 'moments.line'])(
  '%s, whose rows nothing names for good, is not bound to them',
  async (column) => {
    const scene = await createPostgresScene(office);
    const result = await takeColumns(scene, 'encrypt', [column]);
    expect(result.code).toBe(2);
    expect(errorOf(result)).toMatchObject({ code: 'KT_NO_ROW_KEY' });
  },
);

import { expect, onTestFinished, test } from 'vitest';
import type { DoctorResult } from '../../src/lib/cli/results/doctor-result.ts';
import { openDatabase } from '../../src/lib/session/database/open-database.ts';
import { startFaultyProxy } from '../support/postgres/faulty-proxy.ts';
import { rowsNotAsWritten, startApplication, truthTable } from '../support/postgres/live-application.ts';
import { startOneSessionServer } from '../support/postgres/one-session-server.ts';
import { startPoorServer } from '../support/postgres/poor-server.ts';
import { createPostgresScene, type PostgresScene } from '../support/postgres/postgres-scene.ts';
import { peopleTable } from '../support/postgres/token-table.ts';
import { opened, rotationKeys, token } from '../support/scene.ts';

const rows = 200;
/** Every kind of value that holds cells; the application changes `secret` alone. */
const tables = `${peopleTable(rows)} ${truthTable}
  ALTER TABLE people ADD COLUMN box json, ADD COLUMN list text[];
  UPDATE people SET box = json_build_object('a', '${token('old', 'boxed')}', 'b', ' x'), list = ARRAY['${token('old', 'listed')}', NULL];`;
const flags = [...rotationKeys, '--yes', '--batch-rows', '5', '--progress', 'none'];

/** Words that a server does not know, by what it lacks for that. */
const lacks = {
  'row versions': ['xmin'],
  'row places': ['ctid'],
  'skipped locks': ['SKIP LOCKED'],
  'advisory locks': ['pg_advisory_xact_lock'],
  'transaction numbers': ['txid_'],
  'other sessions': ['pg_stat_activity'],
} as const;
const all = Object.values(lacks).flat();

/** Every cell under the new key, each with what was written last, and written once; nothing is left of the ledger's notes. */
async function expectNothingLost({ query }: Pick<PostgresScene, 'query'>): Promise<void> {
  expect(await rowsNotAsWritten({ query })).toEqual([]);
  const found = await query("SELECT box->>'a', list[1] FROM people");
  expect(found).toHaveLength(rows);
  for (const [boxed, listed] of found) {
    expect([boxed, listed].map((cell) => opened('new', cell ?? null))).toEqual(['boxed', 'listed']);
  }
  expect(await query('SELECT state FROM keyturn_migration')).toEqual([['succeeded']]);
  expect(await query("SELECT count(*) FROM keyturn_chunk WHERE state <> 'done'")).toEqual([['0']]);
  const notes = await query("SELECT count(*) FROM keyturn_meta WHERE name LIKE 'commit %'");
  expect(Number(notes[0]?.[0])).toBeLessThanOrEqual(1);
}

test.each([[[]], [['row versions']], [['skipped locks']], [['row versions', 'skipped locks']]] as const)(
  'a row that others have changed, taken away or locked since it was read is not written: without: %j',
  async (missing) => {
    const scene = await createPostgresScene(tables);
    const url = await startPoorServer(
      scene.url,
      missing.flatMap((capability) => lacks[capability]),
    );
    const database = await openDatabase({ kind: 'postgres', url }, { access: 'write', use: 'shared' });
    onTestFinished(() => database.close());
    const columns = ['secret', 'photo', 'box', 'list'];
    const table = database.openTable('people', columns);
    const batch = await table.readBatch({ after: null, upTo: 20n });
    await scene.query("UPDATE people SET secret = secret || ' ' WHERE id = 1");
    await scene.query("UPDATE people SET photo = photo || '\\x00' WHERE id = 2");
    await scene.query('UPDATE people SET photo = NULL WHERE id = 3');
    await scene.query("UPDATE people SET box = replace(box::text, ',', ' ,')::json WHERE id = 4");
    await scene.query("UPDATE people SET list[2] = '' WHERE id = 5");
    await scene.query('DELETE FROM people WHERE id = 6');
    const holder = await scene.connect();
    await holder.query('BEGIN; SELECT FROM people WHERE id IN (7, 8, 20) FOR UPDATE');
    const fresh = batch.keys.map((key) => `new cell ${String(key)}`);
    const untouched = batch.keys.map(() => undefined);
    const outcome = await database.transaction((transaction) =>
      transaction.replaceCells(table, { batch, columns: [fresh, untouched, untouched, untouched] }),
    );
    await holder.query('ROLLBACK');
    const [kept, gone] = [[0, 1, 2, 3, 4, 6, 7, 19], [5]];
    const written = batch.keys.flatMap((_, row) => (kept.includes(row) || gone.includes(row) ? [] : [row]));
    expect(outcome).toEqual({ written, changed: kept, vanished: gone, refused: [] });
    const cells = await scene.query("SELECT id FROM people WHERE secret LIKE 'new cell %' ORDER BY id");
    expect(cells.flat()).toEqual(written.map((row) => String(row + 1)));
  },
);

test('a server that lacks all that it can do without loses nothing to writers', async () => {
  const scene = await createPostgresScene(tables);
  const application = startApplication(scene, { clients: 4, rows });
  const rotation = await scene.runOn(await startPoorServer(scene.url, all), 'rotate', ...flags);
  const { committed, failures, surprises } = await application.stop();
  expect(rotation.code, rotation.stderr).toBe(0);
  expect({ failures, surprises }).toEqual({ failures: [], surprises: [] });
  expect(committed).toBeGreaterThan(0);
  await expectNothingLost(scene);
});

test('a server that gives one session at a time is read and written on that', async () => {
  const scene = await createPostgresScene(tables);
  const application = startApplication(scene, { clients: 2, rows });
  const url = await startOneSessionServer(scene.url);
  const rotation = await scene.runOn(url, 'rotate', ...flags);
  const { failures, surprises } = await application.stop();
  expect(rotation.code, rotation.stderr).toBe(0);
  expect({ failures, surprises }).toEqual({ failures: [], surprises: [] });
  await expectNothingLost(scene);
});

test('a commit whose answer never came is found in the ledger where the server cannot tell', async () => {
  const scene = await createPostgresScene(tables);
  const proxy = await startFaultyProxy(scene.url, ['not at all', 'before', 'not at all', 'after']);
  const rotation = await scene.runOn(await startPoorServer(proxy.url, all), 'rotate', ...flags);
  expect(rotation.code, rotation.stderr).toBe(0);
  expect(proxy.cuts()).toBeGreaterThan(10);
  await expectNothingLost(scene);
  const [rewritten] = await scene.query('SELECT sum(rewritten) FROM keyturn_chunk');
  expect(rewritten).toEqual([String(3 * rows + Math.floor((2 * rows) / 3))]);
});

test('doctor names what a server lacks, and what is done in its place; two first runs make one ledger', async () => {
  const scene = await createPostgresScene(tables);
  const url = await startPoorServer(scene.url, all);
  const { stdout } = await scene.runOn(url, 'doctor', ...rotationKeys, '--json');
  const { findings } = JSON.parse(stdout) as DoctorResult;
  const found = findings.filter(({ check }) => check === 'capabilities');
  expect(found.map(({ message }) => message.split(':')[0])).toEqual(
    Object.keys(lacks).map((capability) => `no ${capability}`),
  );
  const runs = await Promise.all([
    scene.runOn(url, 'rotate', ...flags),
    scene.runOn(url, 'rotate', ...flags),
  ]);
  const codes = runs.map(({ code }) => code ?? -1).sort((one, other) => one - other);
  expect(
    [
      [0, 0],
      [0, 11],
    ],
    runs.map(({ stderr }) => stderr).join('\n'),
  ).toContainEqual(codes);
  await expectNothingLost(scene);
});

test('what nothing can stand in for is refused before the first write', async () => {
  const scene = await createPostgresScene(`${peopleTable(3)} CREATE TABLE loose(secret text);
    INSERT INTO loose VALUES ('${token('old', 'loose')}');`);
  const placeless = await scene.runOn(await startPoorServer(scene.url, ['ctid']), 'rotate', ...flags);
  expect(placeless).toMatchObject({ code: 15 });
  expect(placeless.stderr).toContain('table "loose" has neither a primary key nor a unique index');
  const words = ['SKIP LOCKED', 'NOWAIT'];
  const waiting = await scene.runOn(await startPoorServer(scene.url, words), 'rotate', ...flags);
  expect(waiting).toMatchObject({ code: 15 });
  expect(waiting.stderr).toContain('neither SKIP LOCKED nor NOWAIT');
  expect(await scene.query("SELECT 1 FROM pg_class WHERE relname LIKE 'keyturn%'")).toEqual([]);
  expect(opened('old', (await scene.query('SELECT secret FROM people'))[0]?.[0] ?? null)).toBe('secret 0');
});

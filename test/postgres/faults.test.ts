import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest';
import { startFaultyProxy } from '../support/postgres/faulty-proxy.ts';
import { rowsNotAsWritten, startApplication, truthTable } from '../support/postgres/live-application.ts';
import { createPostgresScene, type PostgresScene } from '../support/postgres/postgres-scene.ts';
import { startPostgresServer, type PostgresServer } from '../support/postgres/postgres-server.ts';
import { peopleTable } from '../support/postgres/token-table.ts';
import { rotationKeys } from '../support/scene.ts';

const rows = 300;
const tables = `${peopleTable(rows)} ${truthTable}`;
const patience = { timeout: 60_000, interval: 20 };
const flags = [...rotationKeys, '--yes', '--batch-rows', '5', '--progress', 'none'];

let server: PostgresServer;

beforeAll(async () => {
  server = await startPostgresServer({ writes: 'durable' });
});

afterAll(() => server.close());

/** Every cell under the new key, each with what was written last; each photo rewritten once, the ledger consistent. */
async function expectNothingLost(scene: Pick<PostgresScene, 'query'>): Promise<void> {
  expect(await rowsNotAsWritten(scene)).toEqual([]);
  expect(await scene.query('SELECT count(*) FROM people')).toEqual([[String(rows)]]);
  expect(await scene.query('SELECT state FROM keyturn_migration')).toEqual([['succeeded']]);
  expect(await scene.query("SELECT count(*) FROM keyturn_chunk WHERE state <> 'done'")).toEqual([['0']]);
}

test('writers that lock rows in random order lose nothing to a rotation, and are never the victim of a deadlock', async () => {
  const scene = await createPostgresScene(tables);
  const application = startApplication(scene, { clients: 4, rows });
  const rotation = await scene.run('rotate', ...flags);
  const { committed, failures, surprises } = await application.stop();
  expect(rotation.code, rotation.stderr).toBe(0);
  expect({ failures, surprises }).toEqual({ failures: [], surprises: [] });
  expect(committed).toBeGreaterThan(0);
  await expectNothingLost(scene);
});

test('sessions that are terminated again and again are opened again', async () => {
  const scene = await createPostgresScene(tables);
  const application = startApplication(scene, { clients: 2, rows });
  const administrator = await scene.connect();
  const over = new AbortController();
  let terminated = 0;
  const terminator = (async () => {
    while (!over.signal.aborted) {
      // Not before the run has begun: a command waits for no server that ends its very first session.
      const { rowCount } = await administrator.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE application_name = 'keyturn' AND datname = current_database() AND to_regclass('keyturn_chunk') IS NOT NULL
           -- On a busy machine a session needs that long to begin.
           AND backend_start < clock_timestamp() - interval '300 ms'`,
      );
      terminated += rowCount ?? 0;
      await sleep(150);
    }
  })();
  // Slow enough to last for some rounds, however fast the machine is.
  const rotation = await scene.run('rotate', ...flags, '--max-rate', '150');
  over.abort();
  await terminator;
  const { surprises } = await application.stop();
  expect(rotation.code, rotation.stderr).toBe(0);
  expect(surprises).toEqual([]);
  expect(terminated).toBeGreaterThan(3);
  await expectNothingLost(scene);
});

test('a server that is stopped the hard way in the middle is waited for', async () => {
  const serverUrl = server.url('DATABASE');
  const scene = await createPostgresScene(tables, { serverUrl });
  const application = startApplication(scene, { clients: 2, rows });
  const pace = ['--batch-rows', '3', '--max-rate', '150'];
  const rotation = scene.run('rotate', ...rotationKeys, '--yes', ...pace);
  await vi.waitFor(async () => {
    const [done] = await scene.query("SELECT count(*) FROM keyturn_chunk WHERE state = 'done'");
    expect(Number(done?.[0])).toBeGreaterThan(5);
  }, patience);
  await server.restart('immediate');
  const { code, stderr } = await rotation;
  const { surprises } = await application.stop();
  expect(code, stderr).toBe(0);
  expect(surprises).toEqual([]);
  await expectNothingLost(scene);
});

test('chunks whose commits a crashing server had not yet put on its disk are done again by the same run', async () => {
  const scene = await createPostgresScene(tables, { serverUrl: server.url('DATABASE') });
  const logWriter = async (): Promise<number> =>
    Number((await scene.query("SELECT pid FROM pg_stat_activity WHERE backend_type = 'walwriter'"))[0]?.[0]);
  const done = async (): Promise<number> =>
    Number((await scene.query("SELECT count(*) FROM keyturn_chunk WHERE state = 'done'"))[0]?.[0]);
  // Without it, commits that nobody waits for stay in the server's memory.
  const stopped = await logWriter();
  process.kill(stopped, 'SIGSTOP');
  const stop = { step: 'chunk read', occurrence: 60, signal: 'SIGSTOP' } as const;
  const rotation = scene.start(['rotate', ...rotationKeys, '--yes', '--batch-rows', '3'], [stop]);
  await rotation.standsStill();
  const before = await done();
  // A server that has lost one of its processes ends all others, and recovers from what is on its disk.
  process.kill(stopped, 'SIGKILL');
  await vi.waitFor(async () => {
    const present = await logWriter();
    expect([stopped, Number.NaN]).not.toContain(present);
  }, patience);
  expect(await done()).toBeLessThan(before);
  rotation.signal('SIGCONT');
  const { code, stderr } = await rotation.ended;
  expect(code, stderr).toBe(0);
  await expectNothingLost(scene);
});

test('a commit whose answer never came is asked for, not done twice and not forgotten', async () => {
  const scene = await createPostgresScene(tables);
  const proxy = await startFaultyProxy(scene.url, [
    'not at all',
    'before',
    'not at all',
    'after',
    'not at all',
  ]);
  const rotation = await scene.runOn(proxy.url, 'rotate', ...flags);
  expect(rotation.code, rotation.stderr).toBe(0);
  expect(proxy.cuts()).toBeGreaterThan(20);
  await expectNothingLost(scene);
  const [rewritten] = await scene.query('SELECT sum(rewritten) FROM keyturn_chunk');
  expect(rewritten).toEqual(['500']);
});

test('a server that is not there is an error at once, without the password', async () => {
  const scene = await createPostgresScene(tables);
  const url = inject('postgresUrl').replace('DATABASE', 'missing').replace('keyturn@', 'keyturn:s3cret@');
  const missing = await scene.runOn(url, 'status');
  expect(missing).toMatchObject({ code: 15 });
  expect(missing.stderr).toContain('the server has no database of that name (3D000)');
  expect(missing.stderr).not.toContain('s3cret');
  // Of an address that does not look like this machine's, encryption is asked first, which this server does not offer.
  const elsewhere = await scene.runOn(scene.url.replace('127.0.0.1', '2130706433'), 'status');
  expect(elsewhere.stderr).toContain('no migration is recorded');
});

import { expect, onTestFinished, test, vi } from 'vitest';
import type { StatusResult } from '../../src/lib/cli/results/status-result.ts';
import { onClient } from '../support/postgres/on-client.ts';
import { createPostgresScene } from '../support/postgres/postgres-scene.ts';
import { startPostgresServer, type PostgresServer } from '../support/postgres/postgres-server.ts';
import { peopleTable } from '../support/postgres/token-table.ts';
import { opened, rotationKeys } from '../support/scene.ts';
import { startKeyturn } from '../support/start-keyturn.ts';

const rows = 2000;
const patience = { timeout: 60_000, interval: 50 };

/** A server and another one that streams from it; both end with the test. */
async function startPair(): Promise<{ readonly primary: PostgresServer; readonly standby: PostgresServer }> {
  const primary = await startPostgresServer({ writes: 'fast' });
  onTestFinished(() => primary.close().catch(() => undefined));
  const standby = await startPostgresServer({ writes: 'fast', standbyOf: primary });
  onTestFinished(() => standby.close());
  return { primary, standby };
}

/** The first value of a query, on a connection of its own. */
function ask(url: string, sql: string): Promise<unknown> {
  return onClient(url, async (client) => {
    const { rows: found } = await client.query<unknown[]>({ text: sql, rowMode: 'array' });
    return found[0]?.[0];
  });
}

test('a standby is refused, waited for while it lags, and gone on with once it takes over, without what it never got', async () => {
  const { primary, standby } = await startPair();
  const scene = await createPostgresScene(peopleTable(rows), {
    serverUrl: primary.url('DATABASE'),
    server: 'ends with the test',
  });
  const name = new URL(scene.url).pathname.slice(1);
  const standbyUrl = standby.url(name);
  await vi.waitFor(async () => {
    expect(await ask(standbyUrl, 'SELECT count(*) FROM people')).toBe(String(rows));
  }, patience);

  const refused = await scene.runOn(standbyUrl, 'rotate', ...rotationKeys, '--yes', '--json');
  expect(refused).toMatchObject({ code: 15 });
  expect(refused.stdout).toContain('it is a standby');
  expect(refused.stdout).toContain('name the primary in --database');
  expect(await scene.runOn(standbyUrl, 'plan', ...rotationKeys)).toMatchObject({ code: 0 });

  await ask(scene.url, "SELECT pg_create_logical_replication_slot('reader', 'pgoutput')");
  expect((await scene.run('plan', ...rotationKeys)).stdout).toContain('logical slot reader (table people): ');
  await ask(scene.url, "SELECT pg_drop_replication_slot('reader')");

  // A replica that stands still: the run waits for it.
  await ask(standby.url('postgres'), 'SELECT pg_wal_replay_pause()');
  const both = scene.url.replace(
    `:${String(primary.port)}`,
    `:${String(standby.port)},127.0.0.1:${String(primary.port)}`,
  );
  const pace = ['--batch-rows', '5', '--connections', '3', '--max-rate', '300', '--max-lag', '4k'];
  const run = startKeyturn(['rotate', '--database', both, ...rotationKeys, '--yes', '--json', ...pace], {
    cwd: scene.folder,
  });
  await vi.waitFor(async () => {
    // A standby, which knows of no migration yet, once answered for both.
    const { stdout } = await scene.runOn(both, 'status', '--json');
    expect((JSON.parse(stdout) as Partial<StatusResult>).throttle).toMatch(/a replica .* behind/u);
  }, patience);
  await ask(standby.url('postgres'), 'SELECT pg_wal_replay_resume()');

  // It takes over although it has not got what the primary committed last.
  const done = async (): Promise<number> =>
    Number(await ask(scene.url, "SELECT count(*) FROM keyturn_chunk WHERE state = 'done'"));
  await vi.waitFor(async () => {
    expect(await done()).toBeGreaterThan(10);
  }, patience);
  await ask(standby.url('postgres'), "ALTER SYSTEM SET primary_conninfo = ''");
  await ask(standby.url('postgres'), 'SELECT pg_reload_conf()');
  await vi.waitFor(async () => {
    expect(await ask(standby.url('postgres'), 'SELECT count(*) FROM pg_stat_wal_receiver')).toBe('0');
  }, patience);
  const replicated = await done();
  await vi.waitFor(async () => {
    expect(await done()).toBeGreaterThan(replicated + 10);
  }, patience);
  const committed = await done();
  await primary.close();
  expect(await ask(standby.url('postgres'), 'SELECT pg_promote()')).toBe(true);
  expect(
    Number(await ask(standbyUrl, "SELECT count(*) FROM keyturn_chunk WHERE state = 'done'")),
  ).toBeLessThan(committed);

  const { code, stderr, json } = await run.ended;
  expect(code, stderr + JSON.stringify(json)).toBe(0);
  expect(json).toMatchObject({ state: 'succeeded' });
  const { rows: people } = await onClient(standbyUrl, (client) =>
    client.query<{ secret: string }>('SELECT secret FROM people ORDER BY id'),
  );
  expect(people).toHaveLength(rows);
  people.forEach(({ secret }, index) => {
    expect(opened('new', secret)).toBe(`secret ${String(index)}`);
  });
  expect(await scene.runOn(standbyUrl, 'audit verify')).toMatchObject({ code: 0 });
});

import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { steps } from '../../src/lib/model/runs/step.ts';
import { createPostgresScene, type PostgresScene } from '../support/postgres/postgres-scene.ts';
import { peopleTable } from '../support/postgres/token-table.ts';
import { opened, rotationKeys, type KeyRole } from '../support/scene.ts';

const rows = 40;
const killer = pathToFileURL(join(import.meta.dirname, '../support/kill-at-step.js')).href;

/** Asserts that every cell opens under a key, to what it was made of. */
async function expectUnder(role: KeyRole, scene: PostgresScene): Promise<void> {
  const found = await scene.query('SELECT name, secret, photo FROM people ORDER BY id');
  expect(found).toHaveLength(rows);
  found.forEach(([name, secret, photo], index) => {
    expect(name).toBe(`name ${String(index)}`);
    expect(opened(role, secret ?? null)).toBe(`secret ${String(index)}`);
    if (index % 3 === 0) expect(photo).toBe(null);
    else expect(opened(role, Buffer.from(photo?.slice(2) ?? '', 'hex'))).toBe(`photo ${String(index)}`);
  });
}

test('a plan, a dry run, a rotation, its verification and its rollback do on PostgreSQL what they do on SQLite', async () => {
  const scene = await createPostgresScene(peopleTable(rows));
  const plan = await scene.run('plan', ...rotationKeys, '--output', 'plan.json');
  expect(plan).toMatchObject({ code: 0 });
  expect(await scene.run('dry-run', 'plan.json')).toMatchObject({ code: 0 });
  expect(await scene.query("SELECT relname FROM pg_class WHERE relname LIKE 'keyturn%'")).toEqual([]);
  await expectUnder('old', scene);
  expect(await scene.run('execute', 'plan.json', '--yes')).toMatchObject({ code: 0 });
  await expectUnder('new', scene);
  expect(await scene.run('verify')).toMatchObject({ code: 0 });
  const status = await scene.run('status', '--json');
  expect(JSON.parse(status.stdout)).toMatchObject({ state: 'succeeded', cells: { rewritten: 66, null: 14 } });
  expect((await scene.rotate()).result).toMatchObject({ state: 'nothing to do' });
  expect(await scene.run('rollback', '--yes')).toMatchObject({ code: 0 });
  await expectUnder('old', scene);
});

test('a rotation killed at every step in turn loses nothing, and the last run brings it to its end', async () => {
  const scene = await createPostgresScene(peopleTable(rows));
  const onServer = steps.filter((step) => !step.startsWith('backup'));
  const flags = [...rotationKeys, '--yes', '--batch-rows', '3'];
  for (const step of onServer) {
    const env = { NODE_OPTIONS: `--import=${killer}`, KEYTURN_TEST_KILL_AT: `${step}:1` };
    const killed = await scene.runWith({ env }, 'rotate', ...flags);
    expect(killed.signal, `${step}: ${killed.stderr}`).toBe('SIGKILL');
  }
  expect(await scene.run('rotate', ...flags)).toMatchObject({ code: 0 });
  await expectUnder('new', scene);
  const migrations = await scene.query('SELECT state FROM keyturn_migration');
  expect(migrations).toEqual([['succeeded']]);
  const done = await scene.query(
    "SELECT sum(rewritten) FROM keyturn_chunk WHERE state = 'done' GROUP BY target_id",
  );
  expect(done).toEqual([['66']]);
});

test('a copy of a database on a server is neither made nor promised', async () => {
  const scene = await createPostgresScene(peopleTable(1));
  const refused = await scene.run('rotate', ...rotationKeys, '--yes', '--backup', 'copy.dump');
  expect(refused).toMatchObject({ code: 2 });
  expect(refused.stderr).toContain('pg_dump');
  const run = await scene.run('rotate', ...rotationKeys, '--yes');
  expect(run.stderr).toContain('No backup is made of a database on a server: pg_dump');
});

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { onClient } from '../support/postgres/on-client.ts';
import { createPostgresScene, type PostgresScene } from '../support/postgres/postgres-scene.ts';
import { peopleTable } from '../support/postgres/token-table.ts';
import { opened, rotationKeys } from '../support/scene.ts';

const rows = 60;
const killer = pathToFileURL(join(import.meta.dirname, '../support/kill-at-step.js')).href;
const run = promisify(execFile);

/** The program that dumps, beside a server that was chosen; the one from npm comes without it. */
const dump = join(process.env['KEYTURN_TEST_PG_BIN'] ?? '', 'pg_dump');

/** A database half of whose rows are rotated, because the run was killed. */
async function halfRotated(): Promise<PostgresScene> {
  const scene = await createPostgresScene(peopleTable(rows));
  const env = { NODE_OPTIONS: `--import=${killer}`, KEYTURN_TEST_KILL_AT: 'chunk completed:5' };
  const flags = [...rotationKeys, '--yes', '--batch-rows', '5', '--connections', '1'];
  const killed = await scene.runWith({ env }, 'rotate', ...flags);
  expect(killed.signal, killed.stderr).toBe('SIGKILL');
  const cells = (await scene.query('SELECT secret FROM people')).map(([secret]) =>
    opened('new', secret ?? null),
  );
  const rewritten = cells.filter((cell) => cell !== 'rejected').length;
  expect(rewritten).toBeGreaterThan(0);
  expect(rewritten).toBeLessThan(rows);
  return scene;
}

/** Goes on with the migration in a copy, to its end; nothing of it is lost there, and nothing is touched here. */
async function expectResumed(scene: PostgresScene, copy: string): Promise<void> {
  const url = scene.url.replace(/[^/]+$/u, copy);
  try {
    const before = await scene.query('SELECT id, secret, photo FROM people ORDER BY id');
    const resumed = await scene.runOn(url, 'execute', '--yes', '--progress', 'none', '--json');
    expect(resumed.code, resumed.stdout + resumed.stderr).toBe(0);
    expect(await scene.runOn(url, 'verify')).toMatchObject({ code: 0 });
    expect(await scene.runOn(url, 'audit', 'verify')).toMatchObject({ code: 0 });
    expect(await scene.query('SELECT id, secret, photo FROM people ORDER BY id')).toEqual(before);
    const back = await scene.runOn(url, 'rollback', '--yes');
    expect(back.code, back.stderr).toBe(0);
    expect(await scene.run('execute', '--yes')).toMatchObject({ code: 0 });
  } finally {
    await scene.query(`DROP DATABASE ${copy} WITH (FORCE)`);
  }
}

test('a database that is copied in the middle of a migration is gone on with in the copy, and then in the original', async () => {
  const scene = await halfRotated();
  const copy = `copy_${crypto.randomUUID().replaceAll('-', '')}`;
  const name = scene.url.split('/').at(-1) ?? '';
  const administrator = scene.url.replace(/[^/]+$/u, 'postgres');
  // No session may be on a database while it is copied, that of the test included.
  await onClient(administrator, (client) => client.query(`CREATE DATABASE ${copy} TEMPLATE ${name}`));
  await expectResumed(scene, copy);
});

test.skipIf(!existsSync(dump))(
  'a dump in the middle of a migration is restored elsewhere and gone on with there (needs pg_dump in KEYTURN_TEST_PG_BIN)',
  async () => {
    const scene = await halfRotated();
    const copy = `copy_${crypto.randomUUID().replaceAll('-', '')}`;
    const file = join(scene.folder, 'middle.dump');
    await run(dump, ['--format=custom', `--file=${file}`, scene.url]);
    await scene.query(`CREATE DATABASE ${copy}`);
    const url = scene.url.replace(/[^/]+$/u, copy);
    await run(join(dump, '../pg_restore'), ['--exit-on-error', `--dbname=${url}`, file]);
    await expectResumed(scene, copy);
  },
);

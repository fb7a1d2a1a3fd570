import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { StatusResult } from '../../src/lib/cli/results/status-result.ts';
import { createPostgresScene, type PostgresScene } from '../support/postgres/postgres-scene.ts';
import { peopleTable } from '../support/postgres/token-table.ts';
import { rotationKeys } from '../support/scene.ts';

const flags = [...rotationKeys, '--yes', '--progress', 'none'];

/** The reason a run waits for, once there is one. */
async function reasonToWait(scene: PostgresScene): Promise<string> {
  for (let attempt = 0; attempt < 300; attempt += 1) {
    const { stdout } = await scene.run('status', '--json');
    const { throttle } = JSON.parse(stdout) as Partial<StatusResult>;
    if (throttle) return JSON.stringify(throttle);
    await sleep(50);
  }
  throw new Error('the run does not wait');
}

test('a run waits for what the views of the server tell, says so in its status, and goes on afterwards', async () => {
  const scene = await createPostgresScene(
    `${peopleTable(30)} CREATE TABLE hold(it int); INSERT INTO hold VALUES (1)`,
  );
  const generous = [
    ['--max-lag', '1T'],
    ['--max-wal-rate', '1T'],
    ['--max-archive-backlog', '1000'],
    ['--max-blocked', '1000'],
    ['--max-active', '1000'],
    ['--max-log-size', '1T'],
  ].flat();
  const query = ['--throttle-query', 'SELECT count(*) = 0 FROM hold'];
  const run = scene.run('rotate', ...flags, ...generous, ...query);
  expect(await reasonToWait(scene)).toContain('--throttle-query');
  await scene.query('DELETE FROM hold');
  const { code, stderr } = await run;
  expect(code, stderr).toBe(0);
});

test('a signal that the user may not see makes the run wait, and names the missing right', async () => {
  const role = `limited_${crypto.randomUUID().slice(0, 8)}`;
  const scene = await createPostgresScene(`${peopleTable(3)}
    CREATE ROLE ${role} LOGIN; GRANT ALL ON people TO ${role}; GRANT ALL ON SCHEMA public TO ${role};`);
  const url = scene.url.replace('keyturn@', `${role}@`);
  const limits = ['--max-active', '1000', '--max-duration', '3s'];
  const run = scene.runOn(url, 'rotate', ...flags, ...limits);
  expect(await reasonToWait(scene)).toContain('GRANT pg_monitor');
  expect(await run).toMatchObject({ code: 4 });
  const refused = await scene.run('rotate', ...flags, '--max-busy', '20%', '--json');
  expect(refused).toMatchObject({ code: 2 });
  expect(refused.stdout).toContain('KT_NO_SUCH_SIGNAL');
  await scene.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`).catch(() => undefined);
});

import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createScene, errorOf, opened, tableOf, token } from '../support/scene.ts';

const read = (name: string): string => `cmd:["cat","${name}.key"]`;
const programs = ['--old-key', read('old'), '--new-key', read('new')];

// Whoever could write the database once had a program of his choice run as whoever rolled back, verified or went on.
test('no command runs a program because the ledger or a plan file names it', async () => {
  const scene = createScene(tableOf(token('old', 'one')));
  expect((await scene.run('plan', ...programs, '--output', 'plan.json')).code).toBe(0);
  expect((await scene.run('rotate', ...programs, '--yes')).code).toBe(0);
  const trap = join(scene.folder, 'trap');
  const command = JSON.stringify(`cmd:["touch","${trap}"]`).slice(1, -1);
  scene.change((database) => {
    for (const name of ['old', 'new']) {
      const known = JSON.stringify(read(name)).slice(1, -1);
      database.prepare('UPDATE keyturn_migration SET plan = replace(plan, ?, ?)').run(known, command);
    }
  });
  expect(scene.values('SELECT plan FROM keyturn_migration')[0]).toContain(command);
  for (const command of ['rollback --yes', 'verify', 'execute plan.json --yes', 'dry-run plan.json']) {
    const { code, exitCode } = errorOf(await scene.run(command, '--json'));
    expect([code, exitCode]).toEqual(
      command === 'rollback --yes' ? ['KT_ROLLBACK_IMPOSSIBLE', 16] : ['KT_KEY_MISSING', 12],
    );
  }
  await scene.run('doctor');
  await scene.run('init');
  await scene.run('verify');
  expect(existsSync(trap)).toBe(false);
});

test('a program that is named again, or in the configuration, takes a migration back', async () => {
  const scene = createScene(tableOf(token('old', 'one')));
  expect((await scene.run('rotate', ...programs, '--yes')).code).toBe(0);
  const forgotten = await scene.run('rollback --yes', '--json');
  expect(errorOf(forgotten)).toMatchObject({ exitCode: 16 });
  expect(errorOf(forgotten).hints[0]).toBe(`name the program as you did then: --old-key 'cmd:["cat",...]'`);
  expect((await scene.run('rollback --yes', ...programs)).code).toBe(0);
  expect(opened('old', scene.values('SELECT cell FROM t')[0] ?? null)).toBe('one');
  const keys = { old: read('new'), new: read('old') };
  writeFileSync(join(scene.folder, 'keyturn.config.json'), JSON.stringify({ keys }));
  expect((await scene.run('verify')).code).toBe(0);
});

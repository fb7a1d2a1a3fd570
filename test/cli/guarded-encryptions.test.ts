import { expect, test } from 'vitest';
import type { GuardResult } from '../../src/lib/cli/results/guard-result.ts';
import type { VerifyResult } from '../../src/lib/cli/results/verify-result.ts';
import { createScene, type Scene } from '../support/scene.ts';
import { succeeds } from '../support/succeeds.ts';

/** Guards of columns that were encrypted, in place or into others. */

const run = ['--yes', '--json', '--progress', 'none', '--no-backup'] as const;
const encryption = [
  '--column',
  'people.email',
  '--key',
  'file:new.key',
  '--format',
  'fernet',
  ...run,
] as const;

const createPeople = (): Scene =>
  createScene((database) =>
    database.exec(
      "CREATE TABLE people(id INTEGER PRIMARY KEY, email TEXT); INSERT INTO people VALUES (1, 'a'), (2, 'b')",
    ),
  );

test('guard and verify look after the column in which the cells stand; a rollback ends the guard, and drops the column', async () => {
  const scene = createPeople();
  await succeeds(scene, 'encrypt', ...encryption, '--into', 'sealed');
  await succeeds(scene, 'finalize', ...run, '--confirm', 'people.email');
  const guarded = JSON.parse((await scene.run('guard', 'observe', '--yes', '--json')).stdout) as GuardResult;
  expect(guarded.guards.map(({ column }) => column)).toEqual(['sealed']);
  scene.change((database) => database.exec("UPDATE people SET sealed = 'plain' WHERE id = 1"));
  const verified = await scene.run('verify', '--json');
  expect(verified.code).toBe(14);
  expect((JSON.parse(verified.stdout) as VerifyResult).outcome).toBe('plaintext found');
  scene.change((database) => database.exec('UPDATE people SET sealed = NULL WHERE id = 1'));
  await succeeds(scene, 'rollback', ...run);
  expect(scene.query('SELECT * FROM people')).toEqual([
    [1n, null],
    [2n, 'b'],
  ]);
});

test('a rollback to plaintext ends the guard that would refuse plaintext', async () => {
  const scene = createPeople();
  await succeeds(scene, 'encrypt', ...encryption);
  await succeeds(scene, 'guard', 'enforce', '--yes', '--json');
  await succeeds(scene, 'rollback', ...run);
  scene.change((database) => database.exec("UPDATE people SET email = 'c' WHERE id = 1"));
  expect(JSON.parse((await scene.run('guard', '--json')).stdout)).toMatchObject({ guards: [] });
});

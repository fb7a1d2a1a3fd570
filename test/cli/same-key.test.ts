import { expect, test } from 'vitest';
import type { RunResult } from '../../src/lib/cli/results/run-result.ts';
import { testKeys } from '../support/fleet-database.ts';
import { openAead, type AeadTwin } from '../support/reference-aead.ts';
import { createScene, errorOf, opened, tableOf, token, type Scene } from '../support/scene.ts';

/* Cells that get another format and keep their key. */

const gcm: AeadTwin = { algorithm: 'aes-256-gcm', order: 'nonce-ciphertext-tag' };
const sameKey = ['--old-key', 'file:old.key', '--new-key', 'file:old.key', '--yes', '--json', '--no-backup'];

function rotate(scene: Scene, ...formats: readonly string[]) {
  return scene.run('rotate', ...sameKey, ...formats);
}

function stored(scene: Scene): readonly string[] {
  return scene.values('SELECT cell FROM t ORDER BY id').map(String);
}

test('cells get another format under the key they have, which is found done, verified and taken back', async () => {
  const scene = createScene(tableOf(token('old', 'one'), token('old', 'two'), null));
  const changed = await rotate(scene, '--to-format', 'aes-256-gcm');
  expect(changed.code, changed.stdout).toBe(0);
  expect((JSON.parse(changed.stdout) as RunResult).cells).toMatchObject({ rewritten: 2, null: 1 });
  const values = stored(scene).slice(0, 2);
  expect(values.map((cell) => String(openAead(testKeys.old, Buffer.from(cell, 'base64'), gcm)))).toEqual([
    'one',
    'two',
  ]);
  const again = await rotate(scene, '--to-format', 'aes-256-gcm');
  expect((JSON.parse(again.stdout) as RunResult).state).toBe('nothing to do');
  const further = await rotate(scene, '--format', 'aes-256-gcm', '--to-format', 'tink-xaes');
  expect(further.code, further.stdout).toBe(0);
  expect(stored(scene)[0]).toMatch(/^kt1\./);
  const verified = await scene.run('verify', '--json');
  expect(JSON.parse(verified.stdout)).toMatchObject({ outcome: 'verified', total: { new: 2, old: 0 } });
  for (const migration of [further, changed]) {
    const { migration: id } = JSON.parse(migration.stdout) as RunResult;
    const back = await scene.run('rollback', id ?? '', '--yes', '--json');
    expect(back.code, back.stdout).toBe(0);
  }
  expect(
    stored(scene)
      .slice(0, 2)
      .map((cell) => opened('old', cell)),
  ).toEqual(['one', 'two']);
});

test('other columns may keep their format under the key', async () => {
  const scene = createScene((database) => {
    tableOf(token('old', 'one'))(database);
    database.exec('CREATE TABLE kept(cell TEXT)');
    database.prepare('INSERT INTO kept VALUES (?)').run(token('old', 'two'));
  });
  const changed = await rotate(scene, '--to-format', 'tink-xaes', '--column', 't.cell');
  expect(changed.code, changed.stdout).toBe(0);
  expect(opened('old', scene.values('SELECT cell FROM kept')[0] ?? null)).toBe('two');
});

test.each([
  ['the same format', ['--to-format', 'fernet']],
  [
    'base64 in another alphabet',
    ['--format', 'aes-256-gcm', '--to-format', 'aes-256-gcm:encoding=base64url'],
  ],
])('the same key is refused with %s: no cell would tell whether it is done', async (_, formats) => {
  const scene = createScene(tableOf(token('old', 'one')));
  const result = await rotate(scene, ...formats);
  expect(result.code).toBe(12);
  expect(errorOf(result).code).toBe('KT_KEYS_EQUAL');
});

test('verifying one key against itself is refused: no cell would count as under the old one', async () => {
  const scene = createScene(tableOf(token('old', 'one')));
  const keys = ['--old-key', 'file:old.key', '--new-key', 'file:new.key'];
  await scene.run('rotate', ...keys, '--yes', '--no-backup');
  await scene.run('rollback', '--yes');
  const result = await scene.run('verify', '--old-key', 'file:old.key', '--json');
  expect(result.code).toBe(12);
  expect(errorOf(result)).toMatchObject({
    code: 'KT_KEYS_EQUAL',
    hints: expect.arrayContaining([expect.stringMatching(/^keyturn verify/u)]) as unknown,
  });
  expect(await scene.run('verify')).toMatchObject({ code: 0 });
});

test('going back from one format to another under the same key is asked about, going on is not', async () => {
  const scene = createScene(tableOf(token('old', 'one')));
  await rotate(scene, '--to-format', 'tink-xaes');
  const swapped = await rotate(scene, '--to-format', 'fernet');
  expect(errorOf(swapped).code).toBe('KT_KEYS_SWAPPED');
});

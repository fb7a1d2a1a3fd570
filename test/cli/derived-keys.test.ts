import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { RunResult } from '../../src/lib/cli/results/run-result.ts';
import { openAead, sealAead, type AeadTwin } from '../support/reference-aead.ts';
import { createScene, errorOf, type Scene } from '../support/scene.ts';
import { readFixture } from '../vectors/format-vectors.ts';

/* A table as the system of requirement 003 keeps it: BLOBs in TEXT columns, the tag before the ciphertext, a key a field. */

const layout: AeadTwin = { algorithm: 'aes-256-gcm', order: 'nonce-tag-ciphertext' };
const format = 'aes-256-gcm:layout=nonce-tag-ciphertext,encoding=raw';

interface Derivation {
  readonly name: string;
  readonly derived: string;
}

function keyFromFixture(name: string): Buffer {
  const { vectors } = readFixture('hkdf-rfc5869') as { readonly vectors: readonly Derivation[] };
  const found = vectors.find((vector) => vector.name.endsWith(name));
  return Buffer.from(found?.derived ?? '', 'hex');
}

const fieldKey = keyFromFixture('the key of users.email');
const fromMaster = (field: string): string =>
  `file:master.key?enc=hex?derive=hkdf-sha256:info=data_key_users?derive=hkdf-sha256:info=field_key_${field}`;

function createHierarchy(rows: number): Scene {
  const scene = createScene((database) => {
    database.exec('CREATE TABLE users(id INTEGER PRIMARY KEY, email TEXT)');
    const insert = database.prepare('INSERT INTO users(email) VALUES (?)');
    for (let n = 1; n <= rows; n += 1) {
      insert.run(sealAead(fieldKey, Buffer.from(`user${String(n)}@example.com`), layout));
    }
  });
  const master = Array.from({ length: 32 }, (_, byte) => byte.toString(16).padStart(2, '0')).join('');
  writeFileSync(join(scene.folder, 'master.key'), master, { mode: 0o600 });
  return scene;
}

function openAll(scene: Scene, key: Uint8Array): readonly string[] {
  return scene
    .values('SELECT email FROM users ORDER BY id')
    .map((cell) => openAead(key, cell as Buffer, layout).toString());
}

const quietly = ['--yes', '--json', '--progress', 'none', '--no-backup'] as const;

test('cells under a key of their field are rotated to that of another master key, and taken back', async () => {
  const scene = createHierarchy(40);
  const classes = scene.query('SELECT DISTINCT typeof(email) FROM users');
  const before = openAll(scene, fieldKey);
  const newKey =
    'file:new.key?derive=hkdf-sha256:info=data_key_users?derive=hkdf-sha256:info=field_key_email';
  const keys = ['--old-key', fromMaster('email'), '--new-key', newKey];
  const rotated = await scene.run('rotate', ...keys, '--format', format, ...quietly);
  expect(rotated.code, rotated.stdout).toBe(0);
  const { migration, cells } = JSON.parse(rotated.stdout) as RunResult;
  expect(cells).toMatchObject({ rewritten: 40, quarantined: 0 });
  expect(() => openAll(scene, fieldKey)).toThrow();
  expect(scene.query('SELECT DISTINCT typeof(email) FROM users')).toEqual(classes);
  const verified = await scene.run('verify', '--json');
  expect(JSON.parse(verified.stdout)).toMatchObject({ outcome: 'verified', total: { old: 0, new: 40 } });
  const back = await scene.run('rollback', migration ?? '', '--yes', '--json');
  expect(back.code, back.stdout).toBe(0);
  expect(openAll(scene, fieldKey)).toEqual(before);
});

test('the key of another field is a wrong key, and the same master on both sides no rotation', async () => {
  const scene = createHierarchy(3);
  const rotate = (oldKey: string, newKey: string) =>
    scene.run('rotate', '--old-key', oldKey, '--new-key', newKey, '--format', format, ...quietly);
  const wrong = await rotate(fromMaster('phone'), 'file:new.key');
  expect([wrong.code, errorOf(wrong).code]).toEqual([12, 'KT_WRONG_KEY']);
  const equal = await rotate(fromMaster('email'), fromMaster('email'));
  expect([equal.code, errorOf(equal).code]).toEqual([12, 'KT_KEYS_EQUAL']);
});

import { createCipheriv, pbkdf2Sync, randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import type { PlanResult } from '../../src/lib/cli/results/plan-result.ts';
import type { RunResult } from '../../src/lib/cli/results/run-result.ts';
import { testKeys } from '../support/fleet-database.ts';
import { createScene, errorOf, opened, rotationKeys, tableOf, type Scene } from '../support/scene.ts';

const master = 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=';

/** AES-256-CBC of one value, the slow and readable way. */
function sealCbc(key: Uint8Array, plaintext: string): Buffer {
  const iv = randomBytes(16);
  const cipher = createCipheriv('aes-256-cbc', key, iv);
  return Buffer.concat([iv, cipher.update(plaintext, 'utf8'), cipher.final()]);
}

function versioned(version: number, plaintext: string): string {
  const key = pbkdf2Sync(master, `pratikoai_v${version}`, 100_000, 32, 'sha256');
  return `${version}:AES-256-CBC:email:${sealCbc(key, plaintext).toString('base64')}`;
}

/** Cells as bytes, of two versions, and what the application leaves when it cannot encrypt. */
const values = ['one', 'two', 'FALLBACK_ENCRYPTED_three', 'four@example.com'];
function build(database: Database.Database): void {
  tableOf(...[versioned(1, 'one'), versioned(2, 'two'), ...values.slice(2)].map((cell) => Buffer.from(cell)))(
    database,
  );
}

function versionedScene(): Scene {
  const scene = createScene(build);
  writeFileSync(join(scene.folder, 'master.key'), master, { mode: 0o600 });
  return scene;
}

const fromMaster = ['--old-key', 'file:master.key', '--new-key', 'file:new.key', '--to-format', 'fernet'];

describe('cells with a version', () => {
  test('are found by content, and what is plaintext among them is counted by kind', async () => {
    const { stdout } = await versionedScene().run('plan', ...fromMaster, '--json');
    const { columns, warnings } = JSON.parse(stdout) as PlanResult;
    expect(columns).toMatchObject([
      { format: 'aes-256-cbc-versioned:version=1,field=email', cells: { old: 2, plaintext: 2 } },
    ]);
    expect(warnings).toHaveLength(2);
    expect(warnings[1]).toContain(
      '1 of the 4 cells inspected is plaintext that the application has marked as not encrypted',
    );
  });

  test('keep plaintext in quarantine, byte for byte, unless it is to be repaired', async () => {
    const scene = versionedScene();
    const run = await scene.run('rotate', ...fromMaster, '--yes', '--json');
    expect((JSON.parse(run.stdout) as RunResult).cells).toMatchObject({ rewritten: 2, quarantined: 2 });
    expect(scene.values('SELECT cell FROM t').slice(2).map(String)).toEqual(values.slice(2));
    const repaired = await scene.run('rotate', ...fromMaster, '--repair-plaintext', '--yes', '--json');
    expect((JSON.parse(repaired.stdout) as RunResult).state).toBe('succeeded');
    expect(scene.values('SELECT cell FROM t').map((cell) => opened('new', cell))).toEqual([
      'one',
      'two',
      'three',
      'four@example.com',
    ]);
  });

  test('are repaired in one go, and a rollback leaves no plaintext behind', async () => {
    const scene = versionedScene();
    await scene.run('rotate', ...fromMaster, '--repair-plaintext', '--yes');
    const back = await scene.run('rollback', '--yes', '--json');
    expect((JSON.parse(back.stdout) as RunResult).cells).toMatchObject({ rewritten: 4, quarantined: 0 });
    for (const cell of scene.values('SELECT cell FROM t'))
      expect(String(cell)).toMatch(/^1:AES-256-CBC:email:/);
  });

  test('never go to the key that the master string is the text of', async () => {
    const scene = versionedScene();
    const keys = ['--old-key', 'file:master.key', '--new-key', 'file:same.key', '--to-format', 'fernet'];
    writeFileSync(join(scene.folder, 'same.key'), master, { mode: 0o600 });
    expect(errorOf(await scene.run('plan', ...keys, '--json')).code).toBe('KT_KEYS_EQUAL');
  });
});

describe('bare AES-256-CBC', () => {
  const cbc = (): Scene =>
    createScene(tableOf(...['one', 'two'].map((value) => sealCbc(testKeys.old, value))));
  const named = ['--format', 'aes-256-cbc:encoding=raw', '--column', 't.cell', '--to-format', 'fernet'];

  test.each([
    ['KT_FORMAT_READ_ONLY', ['--format', 'aes-256-cbc:encoding=raw']],
    ['KT_FORMAT_NEEDS_COLUMNS', ['--format', 'aes-256-cbc:encoding=raw', '--to-format', 'fernet']],
    ['KT_FORMAT_NEEDS_EXCLUSIVE', named],
  ])('is refused with %s before anything is written', async (code, flags) => {
    const scene = cbc();
    const before = scene.values('SELECT cell FROM t');
    const result = await scene.run('rotate', ...rotationKeys, ...flags, '--yes', '--json');
    expect([errorOf(result).code, result.code]).toEqual([code, 2]);
    expect(scene.values('SELECT cell FROM t')).toEqual(before);
    expect(errorOf(await scene.run('status', '--json')).exitCode).toBe(17);
  });

  test('becomes an authenticated format while nobody else uses the database, and goes back', async () => {
    const scene = cbc();
    const run = await scene.run('rotate', ...rotationKeys, ...named, '--exclusive', '--yes', '--json');
    expect((JSON.parse(run.stdout) as RunResult).cells).toMatchObject({ rewritten: 2, quarantined: 0 });
    expect(scene.values('SELECT cell FROM t').map((cell) => opened('new', cell))).toEqual(['one', 'two']);
    const back = await scene.run('rollback', '--exclusive', '--yes', '--json');
    expect((JSON.parse(back.stdout) as RunResult).cells).toMatchObject({ rewritten: 2 });
  });
});

import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { RunResult } from '../../src/lib/cli/results/run-result.ts';
import { keyturnPath } from '../support/run-keyturn.ts';
import { createScene, opened, token, type Scene } from '../support/scene.ts';

/** A column in which three cells hide among so much text that no sample meets them. */
function sceneOfHidingPlaces(rows: number): Scene {
  return createScene((database) => {
    database.exec(`CREATE TABLE secrets(id INTEGER PRIMARY KEY, cell TEXT);
      CREATE TABLE "the log"(id INTEGER PRIMARY KEY, note TEXT)`);
    database.prepare('INSERT INTO secrets(cell) VALUES (?), (?)').run(token('old', 'known'), 'no token');
    database
      .prepare(
        `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
         INSERT INTO "the log" SELECT i, 'gone to site ' || i FROM n`,
      )
      .run(rows);
    const hide = database.prepare('UPDATE "the log" SET note = ? WHERE id = ?');
    for (const part of [0.31, 0.62, 0.93]) hide.run(token('old', 'hidden'), Math.round(rows * part));
  });
}

const hidden = `SELECT note FROM "the log" WHERE note NOT LIKE 'gone%'`;

/** Types a command into a shell, in which `keyturn` is ours. */
function type(scene: Scene, command: string): RunResult {
  const folder = join(scene.folder, 'bin');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'keyturn'), `#!/bin/sh\nexec "${process.execPath}" "${keyturnPath}" "$@"\n`, {
    mode: 0o755,
  });
  const env = { ...process.env, PATH: `${folder}:${process.env['PATH'] ?? ''}` };
  const stdio = ['ignore', 'pipe', 'ignore'] as const;
  const typed = execFileSync('sh', ['-c', `${command} --yes --json`], {
    cwd: scene.folder,
    env,
    stdio: [...stdio],
  });
  return JSON.parse(typed.toString()) as RunResult;
}

describe('three cells hidden in 300,000 rows of a column outside the plan', () => {
  test('end a rotation with exit 14 and the command that takes them in; a rollback then takes all back', async () => {
    const scene = sceneOfHidingPlaces(300_000);
    const first = await scene.rotate('--max-quarantine', '1', '--no-backup');
    expect(first.code).toBe(14);
    expect(first.result).toMatchObject({
      state: 'failed',
      cells: { rewritten: 1, quarantined: 1 },
      warnings: expect.arrayContaining(['"the log".note still holds 3 cells under the old key']) as string[],
    });
    expect(scene.values(hidden).map((cell) => opened('old', cell))).toEqual(['hidden', 'hidden', 'hidden']);

    const second = type(scene, `${first.result.next[0] ?? ''} --max-quarantine 1 --no-backup`);
    expect(second).toMatchObject({
      state: 'succeeded',
      cells: { rewritten: 3, already: 1, quarantined: 1, left: 299_997 },
    });
    expect(scene.values(hidden).map((cell) => opened('new', cell))).toEqual(['hidden', 'hidden', 'hidden']);

    // The second plan once held the new column alone: a rollback left the others under the new key.
    const rollback = await scene.run('rollback', '--yes', '--max-quarantine', '1');
    expect(rollback.code, rollback.stderr).toBe(0);
    expect(opened('old', scene.values('SELECT cell FROM secrets')[0] ?? null)).toBe('known');
    expect(scene.values(hidden).map((cell) => opened('old', cell))).toEqual(['hidden', 'hidden', 'hidden']);
  });
});

test('what a rollback leaves behind is taken in by the command it prints', async () => {
  const scene = sceneOfHidingPlaces(3000);
  expect(
    (await scene.rotate('--column', 'the log.note', '--unrecognised', 'leave', '--exclude', 'secrets')).code,
  ).toBe(14);
  scene.change((database) => {
    database
      .prepare('UPDATE secrets SET cell = ? WHERE id = 1')
      .run(token('new', 'written by the application'));
  });
  const rollback = await scene.run('rollback', '--yes', '--json');
  expect(rollback.code).toBe(14);
  const { next } = JSON.parse(rollback.stdout) as RunResult;
  // Once refused as "the keys are the wrong way round".
  expect(type(scene, next[0] ?? '')).toMatchObject({ state: 'succeeded' });
  expect(opened('old', scene.values('SELECT cell FROM secrets')[0] ?? null)).toBe(
    'written by the application',
  );
});

test('cells in a key that was left out end a rotation with exit 14, and with no command that would be refused', async () => {
  const scene = createScene((database) => {
    database.exec('CREATE TABLE t(id TEXT PRIMARY KEY, cell TEXT) WITHOUT ROWID');
    database.prepare('INSERT INTO t VALUES (?, ?)').run(token('old'), token('old'));
  });
  const { code, result } = await scene.rotate('--exclude', 't.id');
  expect(code).toBe(14);
  expect(result.warnings).toContain('t.id still holds 1 cell under the old key');
  expect(result.next).toEqual([
    'keyturn rollback --database sqlite:fleet.db',
    expect.stringContaining('keyturn cancel --database sqlite:fleet.db'),
  ]);
});

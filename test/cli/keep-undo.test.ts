import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { createScene, opened, token, type Scene } from '../support/scene.ts';
import { readContent, type TableContent } from '../support/table-content.ts';

/** Cells that would not come back the same: sealed anew, they get another IV, and are written in one way only. */
const cells = [
  token('old', 'text'),
  Buffer.from(token('old', 'blob')),
  ` ${token('old', 'white space around')}\n`,
  token('old', 'in the other alphabet').replaceAll('-', '+').replaceAll('_', '/'),
  token('old', token('old', 'nested')),
  token('old', ''),
  null,
  '',
];

function createFilledScene(): Scene {
  return createScene((database) => {
    database.exec(`CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT, b BLOB);
      CREATE TABLE loose(cell TEXT); CREATE TABLE keyed(k TEXT PRIMARY KEY, cell TEXT) WITHOUT ROWID`);
    for (let round = 0; round < 10; round += 1) {
      for (const [index, cell] of cells.entries()) {
        database.prepare('INSERT INTO t(a, b) VALUES (?, ?)').run(cell, token('old', `b ${String(round)}`));
        database.prepare('INSERT INTO loose VALUES (?)').run(cell);
        database.prepare('INSERT INTO keyed VALUES (?, ?)').run(`${String(round)},${String(index)}`, cell);
      }
    }
  });
}

const tablesOf = ({ path }: Scene): readonly TableContent[] => readContent(path).tables;
const keptIn = (scene: Scene): unknown => scene.values('SELECT count(*) FROM keyturn_undo')[0];
/** All but NULL and the empty text, in three columns; and the second column of `t`. */
const encrypted = 3 * 10 * (cells.length - 2) + 10 * cells.length;

async function rollBack(scene: Scene, ...flags: readonly string[]): Promise<void> {
  const { code, stderr } = await scene.run('rollback', '--yes', ...flags);
  expect(code, stderr).toBe(0);
}

describe('--keep-undo', () => {
  test('gives every cell back byte for byte, also after VACUUM has moved the rows', async () => {
    const scene = createFilledScene();
    scene.change((database) => database.exec('DELETE FROM loose WHERE rowid % 7 = 0'));
    const before = tablesOf(scene);
    const { code, result } = await scene.rotate('--keep-undo');
    expect(code).toBe(0);
    const kept = Number(keptIn(scene));
    expect(kept).toBeGreaterThan(200);
    expect(result.remains).toContainEqual(expect.stringContaining(`${String(kept)} old cells`));
    expect(tablesOf(scene)).not.toEqual(before);
    scene.change((database) => database.exec('VACUUM'));
    await rollBack(scene);
    expect(tablesOf(scene)).toEqual(before);
  });

  test('gives current values back where they were changed since', async () => {
    const scene = createFilledScene();
    const before = scene.query('SELECT id, a, b FROM t WHERE id <> 3');
    expect((await scene.rotate('--keep-undo')).code).toBe(0);
    scene.change((database) => {
      database.prepare('UPDATE t SET a = ? WHERE id = 3').run(token('new', 'written since'));
      database.prepare('INSERT INTO t(a) VALUES (?)').run(token('new', 'inserted since'));
    });
    await rollBack(scene);
    expect(scene.query('SELECT id, a, b FROM t WHERE id <> 3 AND b IS NOT NULL')).toEqual(before);
    const changed = scene.values('SELECT a FROM t WHERE id = 3 OR b IS NULL ORDER BY id');
    expect(changed.map((cell) => opened('old', cell))).toEqual(['written since', 'inserted since']);
  });

  test('is remembered by a migration that is killed and resumed without it, and so is its rollback', async () => {
    const scene = createFilledScene();
    const before = tablesOf(scene);
    const killAt = (place: string) => ({
      env: {
        NODE_OPTIONS: `--import=${pathToFileURL(join(import.meta.dirname, '..', 'support', 'kill-at-step.js')).href}`,
        KEYTURN_TEST_KILL_AT: place,
      },
    });
    const keys = ['--old-key', 'file:old.key', '--new-key', 'file:new.key'];
    const small = ['--yes', '--batch-rows', '7'];
    const killed = await scene.runWith(
      killAt('cells replaced:5'),
      'rotate',
      ...keys,
      ...small,
      '--keep-undo',
    );
    expect(killed.signal).toBe('SIGKILL');
    const resumed = await scene.run('execute', ...small);
    expect(resumed.code, resumed.stderr).toBe(0);
    expect(keptIn(scene)).toBe(BigInt(encrypted));
    const half = await scene.runWith(killAt('before commit:9'), 'rollback', ...small);
    expect(half.signal).toBe('SIGKILL');
    await rollBack(scene, '--batch-rows', '7');
    expect(tablesOf(scene)).toEqual(before);
  });

  test('puts nothing back that was tampered with, and keeps nothing in a rehearsal', async () => {
    const scene = createFilledScene();
    const rehearsed = await scene.rotate('--keep-undo', '--dry-run');
    expect(rehearsed.code).toBe(0);
    expect(scene.values("SELECT name FROM sqlite_schema WHERE name LIKE 'keyturn%'")).toEqual([]);
    expect((await scene.rotate('--keep-undo')).code).toBe(0);
    scene.change((database) => {
      database
        .prepare('UPDATE keyturn_undo SET cell = ? WHERE id % 2 = 0')
        .run(token('old', 'somebody else'));
    });
    await rollBack(scene);
    const texts = scene.values('SELECT a FROM t').map((cell) => opened('old', cell));
    expect(texts).not.toContain('somebody else');
    expect(texts.filter((text) => text === 'text')).toHaveLength(10);
  });

  test('keeps old cells until they are dropped, and overwrites them then', async () => {
    const scene = createScene((database) => {
      database.exec('CREATE TABLE t(id INTEGER PRIMARY KEY, cell TEXT)');
      database.prepare('INSERT INTO t(cell) VALUES (?)').run(token('old', 'x'.repeat(5000)));
    });
    const [cell] = scene.values('SELECT cell FROM t');
    const part = String(cell).slice(3000, 3040);
    // The table's own free pages hold another one.
    const copies = (): number => readFileSync(scene.path, 'latin1').split(part).length - 1;
    expect((await scene.rotate('--keep-undo', '--no-backup')).code).toBe(0);
    const status = await scene.run('status');
    expect(status.stdout).toContain('1 old cell');
    const verified = await scene.run('verify');
    expect(verified.stdout + verified.stderr).toContain('keyturn undo drop');
    expect((await scene.run('undo drop')).code).toBe(5);
    const before = copies();
    const dropped = await scene.run('undo drop', '--yes', '--json');
    expect(JSON.parse(dropped.stdout)).toMatchObject({ dropped: 1 });
    expect(JSON.parse((await scene.run('undo drop', '--json')).stdout)).toMatchObject({ dropped: 0 });
    expect(copies()).toBe(before - 1);
    const ordered = scene.values("SELECT body FROM keyturn_event WHERE type LIKE 'undo drop%'");
    expect(ordered).toEqual(['{"cells":1}']);
    await rollBack(scene);
    expect(opened('old', scene.values('SELECT cell FROM t')[0] ?? null)).toBe('x'.repeat(5000));
  });
});

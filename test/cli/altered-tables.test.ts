import { describe, expect, test } from 'vitest';
import type { RunResult } from '../../src/lib/cli/results/run-result.ts';
import { createScene, errorOf, opened, tableOf, token, type Scene } from '../support/scene.ts';

const opensUnder = (scene: Scene, role: 'old' | 'new'): readonly string[] =>
  scene.values('SELECT cell FROM t ORDER BY id').map((cell) => opened(role, cell));

/** A migration could once neither be resumed nor be taken back after an ordinary ALTER TABLE: exit 13 for ever. */
describe('after a table was altered', () => {
  const alteration = `ALTER TABLE t ADD COLUMN more TEXT;
    CREATE TRIGGER watch AFTER UPDATE ON t BEGIN SELECT 1; END`;

  test('a finished rotation is verified and taken back', async () => {
    const scene = createScene(tableOf(token('old', 'one'), token('old', 'two')));
    expect((await scene.rotate()).code).toBe(0);
    scene.change((database) => database.exec(alteration));
    expect((await scene.run('verify')).code).toBe(0);
    const asked = await scene.run('rollback', '--yes', '--json');
    expect(errorOf(asked)).toMatchObject({ code: 'KT_TRIGGERS', exitCode: 5 });
    const { code, stderr } = await scene.run('rollback', '--yes', '--triggers', 'fire');
    expect(code, stderr).toBe(0);
    expect(opensUnder(scene, 'old')).toEqual(['one', 'two']);
  });

  test('an unfinished rotation goes on by a new plan, and is taken back as a whole', async () => {
    const scene = createScene(tableOf(token('old', 'one'), 'no token', token('old', 'three')));
    expect((await scene.rotate()).code).toBe(3);
    scene.change((database) => {
      database.exec('ALTER TABLE t ADD COLUMN more TEXT');
      database.prepare('UPDATE t SET cell = ? WHERE id = 2').run(token('old', 'repaired'));
    });
    const resumed = await scene.run('execute', '--yes', '--json');
    expect(errorOf(resumed)).toMatchObject({ code: 'KT_STALE_PLAN', exitCode: 13 });
    const { code, result } = await scene.rotate();
    expect(code).toBe(0);
    expect(result.cells).toMatchObject({ rewritten: 1, already: 2 });
    expect((await scene.run('rollback', '--yes')).code).toBe(0);
    expect(opensUnder(scene, 'old')).toEqual(['one', 'repaired', 'three']);
  });

  test('columns that are gone are left out, and those that were renamed are found', async () => {
    const scene = createScene((database) => {
      tableOf(token('old', 'one'))(database);
      database.exec('CREATE TABLE gone(cell TEXT); CREATE TABLE "before"(cell TEXT)');
      database.prepare('INSERT INTO gone VALUES (?)').run(token('old'));
      database.prepare('INSERT INTO "before" VALUES (?)').run(token('old', 'renamed'));
    });
    expect((await scene.rotate()).code).toBe(0);
    scene.change((database) => database.exec('DROP TABLE gone; ALTER TABLE "before" RENAME TO "after"'));
    expect((await scene.run('verify')).code).toBe(0);
    const rollback = await scene.run('rollback', '--yes', '--json');
    expect(rollback.code).toBe(14);
    expect((JSON.parse(rollback.stdout) as RunResult).next[0]).toContain('--column after.cell');
    expect(opensUnder(scene, 'old')).toEqual(['one']);
  });

  test('nothing is taken back where no column is left (exit 13)', async () => {
    const scene = createScene(tableOf(token('old')));
    expect((await scene.rotate()).code).toBe(0);
    scene.change((database) => database.exec('DROP TABLE t'));
    const rollback = await scene.run('rollback', '--yes', '--json');
    expect(errorOf(rollback)).toMatchObject({ code: 'KT_STALE_PLAN', exitCode: 13 });
    expect((await scene.run('verify')).code).toBe(17);
  });
});

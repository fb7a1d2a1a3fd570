import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { GuardResult } from '../../src/lib/cli/results/guard-result.ts';
import { createScene, errorOf, opened, rotationKeys, tableOf, token, type Scene } from '../support/scene.ts';

async function guard(scene: Scene, ...args: readonly string[]): Promise<GuardResult> {
  const { code, stdout, stderr } = await scene.run('guard', ...args, '--json');
  expect(code, stderr + stdout).toBe(0);
  return JSON.parse(stdout) as GuardResult;
}

const rotated = async (): Promise<Scene> => {
  const scene = createScene(tableOf(token('old', 'one'), token('old', 'two'), null));
  expect((await scene.rotate()).code).toBe(0);
  return scene;
};

const write = (scene: Scene, ...values: readonly unknown[]): void => {
  scene.change((database) => {
    for (const value of values) database.prepare('INSERT INTO t(cell) VALUES (?)').run(value);
  });
};

const unfit = ['plain text', 42, 'gAAAAAshort', `gAAAAA${'x y'.repeat(50)}`, Buffer.alloc(200)];
const fit = [null, '', Buffer.alloc(0), token('new', 'x'), token('old', 'x'), Buffer.from(token('new', 'x'))];

describe('keyturn guard', () => {
  test('observes what others write without hindering them, and counts nothing that keyturn writes', async () => {
    const scene = await rotated();
    expect((await guard(scene, 'observe')).guards).toMatchObject([
      {
        table: 't',
        column: 'cell',
        mode: 'observe',
        state: 'in place',
        writes: 0,
        unfit: 0,
        lastWriteAt: null,
      },
    ]);
    write(scene, ...unfit, ...fit);
    scene.change((database) => {
      database.exec('UPDATE t SET id = id + 100; UPDATE t SET cell = cell; DELETE FROM t WHERE cell = 42');
      database.prepare('UPDATE t SET cell = ? WHERE id = 101').run('plain again');
    });
    const before = await guard(scene);
    expect(before.guards).toMatchObject([{ writes: unfit.length + fit.length + 1, unfit: unfit.length + 1 }]);
    expect(before.guards[0]?.lastWriteAt).toBeGreaterThan(Date.now() - 3_600_000);

    const status = await scene.run('status');
    expect(status.stdout).toContain('1 column (observe): others wrote 12 values, 6 of them no cells');
    expect((await scene.run('rollback', '--yes')).code).toBe(3);
    expect((await guard(scene)).guards).toEqual(before.guards);
  });

  test('enforces that others write cells, and names itself where it refuses', async () => {
    const scene = await rotated();
    await guard(scene, 'observe');
    await guard(scene, 'enforce');
    for (const value of unfit)
      expect(() => {
        write(scene, value);
      }).toThrow('keyturn guards this column');
    expect(() => {
      scene.change((database) => database.exec(`UPDATE t SET cell = 'plain' WHERE id = 1`));
    }).toThrow('keyturn guard off');
    write(scene, ...fit);
    expect((await guard(scene)).guards).toMatchObject([{ writes: fit.length, unfit: 0 }]);
    // What the application may not do, a rotation may: it writes cells alone.
    const { code, stderr } = await scene.run('rollback', '--yes');
    expect(code, stderr).toBe(0);
    expect(scene.values('SELECT cell FROM t WHERE id < 3').map((cell) => opened('old', cell))).toEqual([
      'one',
      'two',
    ]);
    await guard(scene, 'off');
    write(scene, 'plain text');
    expect(scene.values("SELECT name FROM sqlite_schema WHERE type = 'trigger'")).toEqual([]);
  });

  test('asks before it refuses what was not observed, or was observed to be written', async () => {
    const scene = await rotated();
    const asked = await scene.run('guard', 'enforce', '--json');
    expect(errorOf(asked)).toMatchObject({ exitCode: 5 });
    await guard(scene, 'observe');
    write(scene, 'plain text');
    const again = await scene.run('guard', 'enforce', '--json');
    expect(again.code).toBe(5);
    expect(again.stdout).toContain('1 value that is no cell');
    expect((await guard(scene, 'enforce', '--yes')).guards).toMatchObject([{ mode: 'enforce', writes: 0 }]);
  });

  test('is no trigger that needs consent, outlives a killed run, and makes no plan stale', async () => {
    const cells = Array.from({ length: 40 }, (_, row) => token('old', String(row)));
    const scene = createScene(tableOf(...cells));
    const kill = pathToFileURL(join(import.meta.dirname, '..', 'support', 'kill-at-step.js')).href;
    const env = { NODE_OPTIONS: `--import=${kill}`, KEYTURN_TEST_KILL_AT: 'before commit:6' };
    const killed = await scene.runWith({ env }, 'rotate', ...rotationKeys, '--yes', '--batch-rows', '5');
    expect(killed.signal).toBe('SIGKILL');
    await guard(scene, 'enforce', '--yes');
    const { code, stderr } = await scene.run('execute', '--yes');
    expect(code, stderr).toBe(0);
    expect(scene.values('SELECT cell FROM t').every((cell) => opened('new', cell) !== 'rejected')).toBe(true);
    expect((await guard(scene)).guards).toMatchObject([{ mode: 'enforce', writes: 0, state: 'in place' }]);
    expect((await scene.rotate()).result.state).toBe('nothing to do');
  });

  test('says that it is gone where its table was rebuilt, and is exit 17 where there is nothing to guard', async () => {
    const scene = await rotated();
    await guard(scene, 'observe');
    scene.change((database) =>
      database.exec('CREATE TABLE fresh AS SELECT * FROM t; DROP TABLE t; ALTER TABLE fresh RENAME TO t'),
    );
    const { guards, next } = await guard(scene);
    expect(guards).toMatchObject([{ state: 'missing' }]);
    expect(next[0]).toContain('guard observe');
    expect((await guard(scene, 'observe')).guards).toMatchObject([{ state: 'in place' }]);
    const empty = createScene(tableOf('plain'));
    expect((await empty.run('guard', 'observe', '--json')).code).toBe(17);
    expect((await guard(empty)).guards).toEqual([]);
  });

  test('guards columns of any name, in UTF-16 too', async () => {
    const scene = createScene(
      (database) => {
        database.exec(`CREATE TABLE "my ""table"(id INTEGER PRIMARY KEY, "it's" TEXT COLLATE NOCASE)`);
        database.prepare(`INSERT INTO "my ""table"("it's") VALUES (?)`).run(token('old'));
      },
      { encoding: 'UTF-16le' },
    );
    expect((await scene.rotate()).code).toBe(0);
    await guard(scene, 'enforce', '--yes');
    const update = (value: unknown): void => {
      scene.change((database) => {
        database.prepare(`UPDATE "my ""table" SET "it's" = ?`).run(value);
      });
    };
    expect(() => {
      update('plain');
    }).toThrow('keyturn guards');
    const cell = token('new', 'x');
    update(cell);
    update(Buffer.from(cell));
    expect(() => {
      update(cell.toLowerCase());
    }).toThrow('keyturn guards');
    expect((await guard(scene)).guards).toMatchObject([{ writes: 2 }]);
  });
});

import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { contentOf } from '../support/database-content.ts';
import { runKeyturn, type KeyturnResult } from '../support/run-keyturn.ts';
import { createScene, errorOf, opened, rotationKeys, tableOf, token, type Scene } from '../support/scene.ts';

/** What an operator does in the wrong order, and how it can be put right. */

const twoCells = tableOf(token('old', 'one'), token('old', 'two'));
const flags = (before: string, after: string): readonly string[] => [
  '--old-key',
  `file:${before}.key`,
  '--new-key',
  `file:${after}.key`,
  '--yes',
  '--json',
];
const opensUnder = (scene: Scene, role: 'old' | 'new' | 'third'): readonly string[] =>
  scene.values('SELECT cell FROM t ORDER BY id').map((cell) => opened(role, cell));

test('a plan whose cells have gone on to another key is refused before it becomes a migration (exit 12)', async () => {
  const scene = createScene(twoCells);
  await scene.run(
    'plan',
    '--old-key',
    'file:old.key',
    '--new-key',
    'file:third.key',
    '--output',
    'plan.json',
  );
  expect((await scene.rotate()).code).toBe(0);
  // It used to be recorded, to quarantine every cell, and to stand in the way of every other rotation.
  const stale = await scene.run('execute', 'plan.json', '--yes', '--json');
  expect(errorOf(stale)).toMatchObject({ code: 'KT_WRONG_KEY', exitCode: 12 });
  const late = await scene.run('rotate', ...flags('old', 'third'));
  // Nothing said that the ledger knows under which key they are.
  expect(errorOf(late).hints[0]).toMatch(
    /status .*# the last migration that succeeded went from key \w+ to key \w+/u,
  );
  expect((await scene.run('rotate', ...flags('new', 'third'))).code).toBe(0);
  expect(opensUnder(scene, 'third')).toEqual(['one', 'two']);
});

test('an unfinished migration that has changed nothing does not stand in the way of other keys', async () => {
  const scene = createScene(tableOf(token('third', 'one'), token('old', 'two')));
  scene.change((database) => {
    database.exec("CREATE TRIGGER no BEFORE UPDATE ON t BEGIN SELECT RAISE(ABORT, 'no'); END");
  });
  expect((await scene.rotate('--triggers', 'fire')).code).toBe(3);
  scene.change((database) => {
    database.exec('DROP TRIGGER no');
  });
  expect((await scene.run('rotate', ...flags('third', 'new'), '--max-quarantine', '1')).code).toBe(0);
  expect(opensUnder(scene, 'new')).toEqual(['one', 'rejected']);
});

test('a migration is taken back only after those that came later', async () => {
  const scene = createScene(twoCells);
  const first = await scene.rotate();
  expect((await scene.run('rotate', ...flags('new', 'third'))).code).toBe(0);
  const tooEarly = await scene.run('rollback', first.result.migration ?? '', '--yes', '--json');
  expect(errorOf(tooEarly)).toMatchObject({ code: 'KT_WRONG_KEY', exitCode: 12 });
  expect((await scene.run('rollback', '--yes')).code).toBe(0);
  expect((await scene.run('rollback', first.result.migration ?? '', '--yes')).code).toBe(0);
  expect(opensUnder(scene, 'old')).toEqual(['one', 'two']);
});

test('the latest migration is the last one, also where the clock was set back in between', async () => {
  const scene = createScene(twoCells);
  expect((await scene.rotate()).code).toBe(0);
  const yearAgo = join(scene.folder, 'year-ago.mjs');
  writeFileSync(yearAgo, 'const now = Date.now; Date.now = () => now() - 365 * 86_400_000;');
  const env = { NODE_OPTIONS: `--import=${yearAgo}` };
  expect((await scene.runWith({ env }, 'rotate', ...flags('new', 'third'))).code).toBe(0);
  expect((await scene.run('verify')).code).toBe(0);
  // It used to take back the first migration, whose keys open nothing any more.
  expect((await scene.run('rollback', '--yes')).code).toBe(0);
  expect(opensUnder(scene, 'new')).toEqual(['one', 'two']);
});

test('--unrecognised leave, given after values were quarantined, is obeyed', async () => {
  const scene = createScene(tableOf(token('old', 'one'), 'no token'));
  expect((await scene.rotate()).code).toBe(3);
  expect(await scene.rotate('--unrecognised', 'leave')).toMatchObject({
    code: 0,
    result: { state: 'succeeded', cells: { already: 1, left: 1, quarantined: 0 } },
  });
  expect((await scene.run('rollback', '--yes')).code).toBe(0);
  expect(opensUnder(scene, 'old')).toEqual(['one', 'malformed']);
  expect((await scene.run('plan', ...rotationKeys)).code).toBe(0);
});

test('--unrecognised leave is obeyed, too, where other cells are under a third key', async () => {
  const scene = createScene(tableOf(token('old', 'one'), 'no token', token('third', 'foreign')));
  expect((await scene.rotate()).code).toBe(3);
  // It was refused as a wrong key: the old one opened nothing any more, the rotation had seen to that.
  expect(await scene.rotate('--unrecognised', 'leave', '--max-quarantine', '1')).toMatchObject({
    code: 0,
    result: { state: 'succeeded', cells: { already: 1, left: 1, quarantined: 1 } },
  });
});

test('to join a run of a file is refused for what it is, also where nothing is unfinished', async () => {
  const scene = createScene(twoCells);
  const joined = await scene.run('execute', '--join', '--json');
  expect(joined.code).toBe(2);
  expect(errorOf(joined)).toMatchObject({ code: 'KT_ONE_WRITER', exitCode: 2 });
});

test('a rollback that was done before has nothing to do', async () => {
  const scene = createScene(twoCells);
  expect((await scene.rotate()).code).toBe(0);
  expect((await scene.run('rollback', '--yes')).code).toBe(0);
  const before = contentOf(scene.path);
  const again = await scene.run('rollback', '--yes', '--json');
  // It used to record a migration that rewrote nothing.
  expect(again.code).toBe(0);
  expect(JSON.parse(again.stdout)).toMatchObject({
    state: 'nothing to do',
    kind: 'rollback',
    migration: null,
  });
  expect(contentOf(scene.path)).toEqual(before);
});

test('a cell that the application wrote under the new key after a rollback is taken back by another one', async () => {
  const scene = createScene(twoCells);
  expect((await scene.rotate()).code).toBe(0);
  expect((await scene.run('rollback', '--yes')).code).toBe(0);
  scene.change((database) => {
    database.prepare('UPDATE t SET cell = ? WHERE id = 2').run(token('new', 'late'));
  });
  expect((await scene.run('rollback', '--yes')).code).toBe(0);
  expect(opensUnder(scene, 'old')).toEqual(['one', 'late']);
});

test('in a copy, every command names the file it works on, not the one the migration began in', async () => {
  const scene = createScene(twoCells);
  await scene.rotate('--no-backup');
  scene.change((database) => {
    database.exec("UPDATE keyturn_migration SET state = 'running'");
  });
  const copy = join(scene.folder, 'copy.db');
  copyFileSync(scene.path, copy);
  const run = (command: string, ...args: readonly string[]): Promise<KeyturnResult> =>
    runKeyturn([command, '--database', 'copy.db', ...args], { cwd: scene.folder });
  const said = [
    await run('status'),
    await run('execute'),
    await run('execute', '--yes'),
    await run('rollback'),
    await run('rollback', '--yes'),
  ];
  for (const { stdout, stderr } of said) {
    expect(stdout + stderr).toContain(copy);
    expect(stdout + stderr).not.toContain(scene.path);
  }
});

test('a dry run ends with what to type for the real one', async () => {
  const scene = createScene(twoCells);
  await scene.run('plan', ...rotationKeys, '--output', 'plan.json');
  const planned = await scene.run('dry-run', 'plan.json');
  expect(planned.stdout).toContain('Next: keyturn execute plan.json --database sqlite:fleet.db');
  const rotation = await scene.run('rotate', ...rotationKeys, '--dry-run');
  expect(rotation.stdout).toContain('Next: run the same command again without --dry-run');
  expect((await scene.rotate()).code).toBe(0);
  const rollback = await scene.run('rollback', '--dry-run', '--json');
  expect(JSON.parse(rollback.stdout)).toMatchObject({ state: 'rehearsed', kind: 'rollback' });
});

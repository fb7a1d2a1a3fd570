import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
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

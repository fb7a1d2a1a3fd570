import { spawn, spawnSync } from 'node:child_process';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { bytesOf, filesIn } from '../support/database-content.ts';
import { fernetKeyText, testKeys } from '../support/fleet-database.ts';
import { keyturnPath } from '../support/run-keyturn.ts';
import { createScene, errorOf, opened, rotationKeys, tableOf, token, type Scene } from '../support/scene.ts';

const twoCells = tableOf(token('old', 'one'), token('old', 'two'));
const opensUnder = (scene: Scene, role: 'old' | 'new'): readonly string[] =>
  scene.values('SELECT cell FROM t ORDER BY id').map((cell) => opened(role, cell));

test('keys that cannot be right stop a rotation before the first write, exit 12', async () => {
  const scene = createScene(twoCells);
  writeFileSync(join(scene.folder, 'short.key'), testKeys.old.subarray(1).toString('base64'), {
    mode: 0o600,
  });
  writeFileSync(join(scene.folder, 'zero.key'), Buffer.alloc(32).toString('base64'), { mode: 0o600 });
  const files = filesIn(scene.folder);
  const before = bytesOf(scene.path);
  const attempts = [
    { old: 'file:third.key', new: 'file:new.key', code: 'KT_WRONG_KEY' },
    { old: 'file:new.key', new: 'file:third.key', code: 'KT_WRONG_KEY' },
    { old: 'file:old.key', new: 'file:old.key', code: 'KT_KEYS_EQUAL' },
    { old: 'file:short.key', new: 'file:new.key', code: 'KT_KEY_INVALID' },
    { old: 'file:old.key', new: 'file:zero.key', code: 'KT_KEY_INVALID' },
    { old: token('old'), new: 'file:new.key', code: 'KT_KEY_INVALID' },
    { old: 'file:absent.key', new: 'file:new.key', code: 'KT_KEY_MISSING' },
    { old: 'env:KEYTURN_TEST_UNSET', new: 'file:new.key', code: 'KT_KEY_MISSING' },
  ];
  for (const attempt of attempts) {
    const flags = ['--old-key', attempt.old, '--new-key', attempt.new, '--yes', '--json'];
    const result = await scene.run('rotate', ...flags);
    expect(errorOf(result)).toMatchObject({ code: attempt.code, exitCode: 12 });
    expect(result.code).toBe(12);
  }
  expect(filesIn(scene.folder)).toEqual(files);
  expect(bytesOf(scene.path)).toBe(before);
});

test('the keys of a finished rotation the wrong way round are asked about; the same again does nothing', async () => {
  const scene = createScene(twoCells);
  expect((await scene.rotate()).code).toBe(0);
  const before = bytesOf(scene.path);
  const swapped = ['--old-key', 'file:new.key', '--new-key', 'file:old.key'];
  const result = await scene.run('rotate', ...swapped, '--yes', '--json');
  expect(errorOf(result)).toMatchObject({ code: 'KT_KEYS_SWAPPED', exitCode: 5 });
  const again = await scene.rotate();
  expect(again).toMatchObject({ code: 0, result: { state: 'nothing to do', migration: null, backup: null } });
  expect(bytesOf(scene.path)).toBe(before);
});

test('an unfinished migration goes on with its own keys alone', async () => {
  const scene = createScene(tableOf(token('old', 'one'), 'no token'));
  expect((await scene.rotate()).code).toBe(3);
  const other = await scene.run(
    'rotate',
    '--old-key',
    'file:new.key',
    '--new-key',
    'file:third.key',
    '--yes',
    '--json',
  );
  expect(errorOf(other)).toMatchObject({ code: 'KT_UNFINISHED_MIGRATION', exitCode: 2 });
  const overridden = await scene.run('execute', '--new-key', 'file:third.key', '--yes', '--json');
  expect(errorOf(overridden)).toMatchObject({ code: 'KT_WRONG_KEY', exitCode: 12 });
  // The file is the one the plan names, but somebody put another key into it.
  writeFileSync(join(scene.folder, 'new.key'), fernetKeyText(testKeys.third), { mode: 0o600 });
  const replaced = await scene.run('execute', '--yes', '--json');
  expect(errorOf(replaced)).toMatchObject({ code: 'KT_WRONG_KEY', exitCode: 12 });
  expect(opensUnder(scene, 'new')[0]).toBe('one');
});

describe('a new key that keyturn does not store', () => {
  const flags = ['--old-key', 'file:old.key', '--new-key', 'env:KEYTURN_TEST_NEW'];
  const env = { KEYTURN_TEST_NEW: fernetKeyText(testKeys.new) };

  test('is asked about before the first row, exit 5 where nobody can answer', async () => {
    const scene = createScene(twoCells);
    const before = bytesOf(scene.path);
    const result = await scene.runWith({ env }, 'rotate', ...flags, '--json');
    expect(errorOf(result)).toMatchObject({ code: 'KT_CONFIRMATION_NEEDED', exitCode: 5 });
    expect(errorOf(result).message).toContain('(env:KEYTURN_TEST_NEW) is not stored by keyturn');
    expect(bytesOf(scene.path)).toBe(before);
    expect((await scene.runWith({ env }, 'rotate', ...flags, '--yes')).code).toBe(0);
    expect(opensUnder(scene, 'new')).toEqual(['one', 'two']);
  });
});

// Whoever had moved the file was told to list its folder, and nothing else.
test('a recorded key that is not there any more is asked for with the flag that names it', async () => {
  const scene = createScene(twoCells);
  expect((await scene.rotate()).code).toBe(0);
  renameSync(join(scene.folder, 'old.key'), join(scene.folder, 'moved.key'));
  const gone = errorOf(await scene.run('rollback', '--yes', '--json'));
  expect(gone).toMatchObject({ code: 'KT_ROLLBACK_IMPOSSIBLE', exitCode: 16 });
  expect(gone.hints.at(-1)).toMatch(
    /run the same command again with --old-key file:PATH for key [0-9a-f]{8}, or/u,
  );
  const found = await scene.run('rollback', '--yes', '--old-key', 'file:moved.key');
  expect(found.code).toBe(0);
  // What was typed is recorded, and named in what to type next: the place of before has no key any more.
  expect(found.stdout).toMatch(/verify .*--new-key file:\S*moved\.key/u);
  expect(opensUnder(scene, 'old')).toEqual(['one', 'two']);
});

describe('keys typed on the command line', () => {
  const literal = { old: fernetKeyText(testKeys.old), new: fernetKeyText(testKeys.new) };
  const typed = ['--old-key', literal.old, '--new-key', literal.new];

  test('work, with a warning, and have to be given again to go back', async () => {
    const scene = createScene(twoCells);
    const { code, stdout, stderr } = await scene.run('rotate', ...typed, '--yes', '--quiet');
    expect(code).toBe(0);
    expect(stderr).toMatch(/Warning: the old key was typed .*--old-key file:PATH[^]*the new key was typed/);
    expect(stdout + stderr).not.toContain(literal.old.slice(0, 20));
    const forgotten = await scene.run('rollback', '--yes', '--json');
    expect(errorOf(forgotten)).toMatchObject({ code: 'KT_ROLLBACK_IMPOSSIBLE', exitCode: 16 });
    expect((await scene.run('rollback', '--yes', ...rotationKeys)).code).toBe(0);
    expect(opensUnder(scene, 'old')).toEqual(['one', 'two']);
  });

  test.runIf(process.platform === 'linux')('do not stay in the process list', async () => {
    const scene = createScene(twoCells);
    // A key from stdin that never comes: the command waits, with the other key on its command line.
    const flags = ['--database', 'fleet.db', '--old-key', literal.old, '--new-key', '-'];
    const child = spawn(process.execPath, [keyturnPath, 'plan', ...flags], {
      cwd: scene.folder,
      stdio: 'pipe',
    });
    const commandLine = `/proc/${String(child.pid)}/cmdline`;
    await expect.poll(() => readFileSync(commandLine, 'utf8'), { timeout: 60_000 }).toMatch(/^keyturn\0*$/);
    const list = spawnSync('ps', ['-o', 'args=', '-p', String(child.pid)], { encoding: 'utf8' });
    if (list.error === undefined) expect(list.stdout).not.toContain(literal.old.slice(0, 20));
    child.stdin.end(literal.new);
    const code = await new Promise((resolve) => child.once('close', resolve));
    expect(code).toBe(0);
  });
});

import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { exitCodes } from '../../src/lib/model/exit-codes.ts';
import { keyturnPath, runKeyturn } from '../support/run-keyturn.ts';
import { createScene, errorOf, opened, rotationKeys, tableOf, token, type Scene } from '../support/scene.ts';

const manifest = new URL('../../oclif.manifest.json', import.meta.url);
const commands = Object.keys((JSON.parse(readFileSync(manifest, 'utf8')) as { commands: object }).commands)
  .filter((id) => id !== 'autocomplete')
  .map((id) => id.replaceAll(':', ' '));

describe.each(commands)('keyturn %s', (command) => {
  test('has a help with examples first and every exit code last, and refuses an unknown flag with exit 2', async () => {
    const help = await runKeyturn([...command.split(' '), '--help'], { env: { NO_COLOR: undefined } });
    expect(help).toMatchObject({ code: 0, stderr: '' });
    expect(help.stdout).toContain(`keyturn ${command} `);
    expect(help.stdout.indexOf('EXAMPLES')).toBeLessThan(help.stdout.indexOf('FLAGS'));
    const listed = [...help.stdout.slice(help.stdout.indexOf('EXIT CODES')).matchAll(/^\s+(\d+)\s/gm)];
    expect(listed.map(([, code]) => Number(code))).toEqual(expect.arrayContaining(Object.values(exitCodes)));

    const refused = await runKeyturn([...command.split(' '), '--no-such-flag', '--json']);
    expect(refused).toMatchObject({ code: 2, stderr: '' });
    expect(errorOf(refused)).toMatchObject({ code: 'KT_USAGE', exitCode: 2 });
  });
});

const cells = Array.from({ length: 3 }, (_, row) => token('old', `value ${String(row)}`));
const opensUnderNew = (scene: Scene): readonly string[] =>
  scene.values('SELECT DISTINCT cell FROM t').map((cell) => opened('new', cell));

test('results are one JSON document or text on stdout; --quiet says nothing of what went well; no colours without a terminal', async () => {
  const scene = createScene(tableOf(...cells));
  const env = { NO_COLOR: undefined, FORCE_COLOR: undefined };
  const run = (command: string, ...flags: readonly string[]) => scene.runWith({ env }, command, ...flags);
  const steps: readonly (readonly [string, readonly string[], number])[] = [
    ['plan', rotationKeys, 0],
    ['status', [], 17],
    ['rotate', [...rotationKeys, '--dry-run'], 0],
    ['rotate', rotationKeys, 5],
    ['rotate', [...rotationKeys, '--yes'], 0],
    ['rotate', [...rotationKeys, '--yes'], 0],
    ['status', [], 0],
    ['verify', [], 0],
    ['execute', ['--yes'], 17],
    ['rollback', ['--yes'], 0],
    ['verify', ['--old-key', 'file:old.key', '--new-key', 'file:new.key'], 14],
    ['dry-run', [], 17],
  ];
  for (const [index, [command, flags, code]] of steps.entries()) {
    const format = index % 2 === 0 ? ['--json'] : [];
    const result = await run(command, ...flags, '--quiet', ...format);
    expect({ command, code: result.code }, result.stderr).toEqual({ command, code });
    if (index % 2 === 0) expect(typeof JSON.parse(result.stdout)).toBe('object');
    if (code === 0 || index % 2 === 0) expect(result.stderr).toBe('');
    expect(result.stdout + result.stderr).not.toContain('\u001b');
    // Cron used to mail each night that there was nothing to do.
    const isDeed = command === 'rotate' || command === 'rollback';
    if (code === 0 && index % 2 === 1) expect(result.stdout === '', command).toBe(isDeed);
  }
});

// Node.js printed its stack, and a backup could be read by nobody.
test.runIf(process.platform === 'linux')(
  'help that has no room is told of in a sentence (78); no umask takes files away from their owner',
  () => {
    const scene = createScene(tableOf(...cells));
    const keyturn = `"${process.execPath}" "${keyturnPath}"`;
    const inShell = (line: string) =>
      spawnSync('bash', ['-c', line], {
        cwd: scene.folder,
        env: { ...process.env, XDG_CACHE_HOME: scene.folder, KEYTURN_DATABASE: 'fleet.db' },
        encoding: 'utf8',
      });
    expect(inShell(`${keyturn} --help > /dev/full`)).toMatchObject({
      status: 78,
      stderr: expect.stringMatching(/^Error: .*\(ENOSPC\)\nCode: KT_RESULT_LOST\nTry this: .*\n$/u) as string,
    });
    const keys = rotationKeys.join(' ');
    const files = ['plan.json', 'backup.db', 'keyturn.config.yaml'];
    const made = inShell(
      `umask 777; ${keyturn} plan ${keys} -q --output plan.json && ${keyturn} rotate ${keys} -q --yes --backup backup.db && ${keyturn} init`,
    );
    expect(made.stderr).toBe('');
    expect(files.map((name) => statSync(join(scene.folder, name)).mode & 0o777)).toEqual([
      0o600, 0o600, 0o600,
    ]);
  },
);

// As in a container: Node.js threw before the first command.
test.runIf(process.getuid?.() === 0)('works for a user that the system has no name for', async () => {
  const user = { uid: 54_321, gid: 54_321 };
  const env = { HOME: undefined, SHELL: undefined, XDG_CACHE_HOME: undefined };
  const { code, stdout, stderr } = await runKeyturn(['--version'], { user, env });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/^keyturn\//u);
});

test.runIf(process.platform === 'linux')('says so where its folder is gone', () => {
  const gone = `mkdir gone && cd gone && rmdir ../gone && "${process.execPath}" "${keyturnPath}" status --json`;
  const { status, stdout } = spawnSync('bash', ['-c', gone], {
    cwd: createScene(tableOf()).folder,
    encoding: 'utf8',
  });
  expect(status).toBe(2);
  expect(stdout).toContain('the folder in which this was typed is gone');
});

test('a reader that goes away does not stop a run', () => {
  const scene = createScene(tableOf(...Array.from({ length: 400 }, (_, row) => token('old', String(row)))));
  const flags = `--database fleet.db ${rotationKeys.join(' ')} --yes --batch-rows 20 --progress json --no-backup`;
  const command = `"${process.execPath}" "${keyturnPath}" rotate ${flags}`;
  for (const line of [`${command} 2>&1 | true`, `${command} >&- 2>&-; true`]) {
    expect(spawnSync('bash', ['-c', line], { cwd: scene.folder }).status).toBe(0);
  }
  expect(opensUnderNew(scene)).toHaveLength(400);
  expect(opensUnderNew(scene)).not.toContain('rejected');
});

test('a running rotation locks out another (11), stops at a signal (130, 143), and goes on', async () => {
  const rows = 6000;
  const scene = createScene(tableOf(...Array.from({ length: rows }, (_, row) => token('old', String(row)))));
  const slowly = [
    ...rotationKeys,
    '--yes',
    '--json',
    '--progress',
    'json',
    '--no-backup',
    '--batch-rows',
    '2',
  ];
  const second: Promise<unknown>[] = [];
  const first = await scene.runWith(
    {
      onStderr: (text, signal) => {
        if (!text.includes('chunk committed') || second.length > 0) return;
        const locked = Promise.all([
          scene.run('rotate', ...rotationKeys, '--yes', '--json'),
          scene.run('rotate', ...rotationKeys, '--yes', '--json', '--if-locked', 'skip'),
        ]);
        second.push(
          locked.then(([refused, skipped]) => {
            signal('SIGINT');
            expect(errorOf(refused)).toMatchObject({ code: 'KT_LOCKED', exitCode: 11 });
            expect(skipped.code).toBe(0);
            expect(JSON.parse(skipped.stdout)).toMatchObject({ state: 'skipped', migration: null });
          }),
        );
      },
    },
    'rotate',
    ...slowly,
  );
  await Promise.all(second);
  expect(first.code, first.stderr).toBe(130);
  expect(JSON.parse(first.stdout)).toMatchObject({ state: 'interrupted' });
  const status = await scene.run('status', '--json');
  expect(JSON.parse(status.stdout)).toMatchObject({ state: 'interrupted' });

  const ended = await scene.runWith(
    {
      onStderr: (text, signal) => {
        if (text.includes('chunk committed')) signal('SIGTERM');
      },
    },
    'rotate',
    ...slowly,
  );
  expect(ended.code).toBe(143);
  const { code, result } = await scene.rotate('--batch-rows', '1000');
  expect(code).toBe(0);
  expect(result.cells).toMatchObject({ rewritten: rows, quarantined: 0 });
  expect(opensUnderNew(scene)).not.toContain('rejected');
});

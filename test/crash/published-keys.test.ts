import {
  chmodSync,
  lstatSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import type { PublicationStep } from '../../src/lib/model/runs/step.ts';
import { createScene, opened, tableOf, token, type Scene } from '../support/scene.ts';

const killer = pathToFileURL(join(import.meta.dirname, '../support/kill-at-step.js')).href;
const field = 'file:config.yaml#server.key';
const flags = ['--yes', '--no-backup', '--update-config', field] as const;
const rotation = ['--old-key', field, '--new-key', 'file:new.key', ...flags] as const;

/** An application whose configuration holds the key its cells are under. */
function createApplication(): Scene {
  const scene = createScene(tableOf(token('old'), token('old'), token('old')));
  write(
    scene,
    `# the fleet\nserver:\n  port: 8768\n  key: '${keyText(scene, 'old')}' # of 2025\n  debug: no\n`,
  );
  chmodSync(join(scene.folder, 'config.yaml'), 0o640);
  return scene;
}

function write(scene: Scene, text: string): void {
  writeFileSync(join(scene.folder, 'config.yaml'), text, { mode: 0o640 });
}

function configuration(scene: Scene): string {
  return readFileSync(join(scene.folder, 'config.yaml'), 'utf8');
}

function keyText(scene: Scene, role: 'old' | 'new'): string {
  return readFileSync(join(scene.folder, `${role}.key`), 'utf8').trim();
}

type Instant = `${PublicationStep | 'after commit' | 'migration succeeded'}:${number}`;

/** Every instant at which a run with `--update-config` touches the configuration, or the database between. */
const instants: readonly (readonly [Instant, next: 'rotate' | 'execute'])[] = [
  ['configuration written:1', 'rotate'],
  ['next key published:1', 'execute'],
  ['after commit:1', 'rotate'],
  ['configuration written:2', 'rotate'],
  ['configuration written:2', 'execute'],
  // The key was promoted after the migration had succeeded: execute had nothing to go on with, and left it unpromoted.
  ['key promoted:1', 'rotate'],
  ['key promoted:1', 'execute'],
  ['migration succeeded:1', 'rotate'],
];

test.each(instants)(
  'killed at %s, both keys are in the configuration or its old place, and %s goes on',
  async (instant, next) => {
    const scene = createApplication();
    const env = { NODE_OPTIONS: `--import=${killer}`, KEYTURN_TEST_KILL_AT: instant };
    const killed = await scene.runWith({ env }, 'rotate', ...rotation);
    expect(killed.signal).toBe('SIGKILL');
    expect(configuration(scene)).toContain(keyText(scene, 'old'));
    const hasBegun = scene.values('SELECT cell FROM t').some((cell) => opened('new', cell) === 'a value');
    if (hasBegun) expect(configuration(scene)).toContain(keyText(scene, 'new'));

    const again = await (next === 'rotate' ? scene.run(next, ...rotation) : scene.run(next, '--yes'));
    expect({ code: again.code, error: again.code === 0 ? '' : again.stderr }).toEqual({ code: 0, error: '' });
    expect(configuration(scene)).toBe(
      `# the fleet\nserver:\n  port: 8768\n  key: '${keyText(scene, 'new')}' # of 2025\n` +
        `  key_previous: '${keyText(scene, 'old')}'\n  debug: no\n`,
    );
    expect(statSync(join(scene.folder, 'config.yaml')).mode & 0o777).toBe(0o640);
    for (const cell of scene.values('SELECT cell FROM t')) expect(opened('new', cell)).toBe('a value');
  },
);

test('a plan that is carried out already still takes the new key to its place', async () => {
  const scene = createApplication();
  const keys = ['--old-key', 'file:old.key', '--new-key', 'file:new.key'];
  await scene.run('plan', ...keys, '--output', 'plan.json');
  expect((await scene.run('execute', 'plan.json', '--yes', '--no-backup')).code).toBe(0);
  const { code, stdout, stderr } = await scene.run('execute', 'plan.json', ...flags);
  expect({ code, error: code === 0 ? '' : stderr }).toEqual({ code: 0, error: '' });
  expect(stdout).toContain('Nothing to do');
  expect(configuration(scene)).toContain(`  key: '${keyText(scene, 'new')}' # of 2025\n`);
});

test('a rollback finds the old key where it is now, and puts it back; a link stays a link', async () => {
  const scene = createApplication();
  renameSync(join(scene.folder, 'config.yaml'), join(scene.folder, 'real.yaml'));
  symlinkSync('real.yaml', join(scene.folder, 'config.yaml'));
  expect((await scene.run('rotate', ...rotation)).code).toBe(0);
  expect((await scene.run('verify')).code).toBe(0);
  const { code, stderr } = await scene.run('rollback', ...flags);
  expect({ code, error: code === 0 ? '' : stderr }).toEqual({ code: 0, error: '' });
  expect(configuration(scene)).toBe(
    `# the fleet\nserver:\n  port: 8768\n  key: '${keyText(scene, 'old')}' # of 2025\n` +
      `  key_previous: '${keyText(scene, 'new')}'\n  debug: no\n`,
  );
  expect(lstatSync(join(scene.folder, 'config.yaml')).isSymbolicLink()).toBe(true);
  for (const cell of scene.values('SELECT cell FROM t')) expect(opened('old', cell)).toBe('a value');
});

test('an interrupted rotation is gone on with, and its key promoted, without being told again where', async () => {
  const scene = createApplication();
  const env = { NODE_OPTIONS: `--import=${killer}`, KEYTURN_TEST_KILL_AT: 'pass finished:1' };
  await scene.runWith({ env }, 'rotate', ...rotation);
  const { code, stderr } = await scene.run('execute', '--yes');
  expect(code, stderr).toBe(0);
  expect(configuration(scene)).toBe(
    `# the fleet\nserver:\n  port: 8768\n  key: '${keyText(scene, 'new')}' # of 2025\n` +
      `  key_previous: '${keyText(scene, 'old')}'\n  debug: no\n`,
  );
});

test('where the configuration is gone, an interrupted rotation is taken back all the same', async () => {
  const scene = createApplication();
  const env = { NODE_OPTIONS: `--import=${killer}`, KEYTURN_TEST_KILL_AT: 'pass finished:1' };
  const keys = ['--old-key', 'file:old.key', '--new-key', 'file:new.key'];
  await scene.runWith({ env }, 'rotate', ...keys, ...flags);
  renameSync(join(scene.folder, 'config.yaml'), join(scene.folder, 'moved.yaml'));
  const { code, stderr } = await scene.run('rollback', '--yes');
  expect(code, stderr).toBe(0);
  expect(stderr).toMatch(/config\.yaml#server\.key, where the new key was written, is not updated/);
});

test('an interrupted rotation can be taken back: the key that waited becomes the previous one', async () => {
  const scene = createApplication();
  const before = configuration(scene);
  const env = { NODE_OPTIONS: `--import=${killer}`, KEYTURN_TEST_KILL_AT: 'pass finished:1' };
  await scene.runWith({ env }, 'rotate', ...rotation);
  expect((await scene.run('rollback', '--yes')).code).toBe(0);
  expect(configuration(scene)).toBe(
    before.replace('  debug', `  key_previous: '${keyText(scene, 'new')}'\n  debug`),
  );
  for (const cell of scene.values('SELECT cell FROM t')) expect(opened('old', cell)).toBe('a value');
});

test.each([
  ['holds neither key', 'key: nothing', 12],
  ['does not exist', 'other: 1', 2],
  ['has another rotation waiting', 'key: OLD\n  key_next: THIRD', 2],
])('a field that %s stops the run before the first row', async (_, text, exitCode) => {
  const scene = createApplication();
  const third = readFileSync(join(scene.folder, 'third.key'), 'utf8').trim();
  write(scene, `server:\n  ${text.replace('OLD', keyText(scene, 'old')).replace('THIRD', third)}\n`);
  const before = configuration(scene);
  const { code } = await scene.run(
    'rotate',
    '--old-key',
    'file:old.key',
    '--new-key',
    'file:new.key',
    ...flags,
  );
  expect({ code, configuration: configuration(scene) }).toEqual({ code: exitCode, configuration: before });
  for (const cell of scene.values('SELECT cell FROM t')) expect(opened('old', cell)).toBe('a value');
});

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { runKeyturn, type KeyturnOptions } from '../support/run-keyturn.ts';
import { createScene, opened, tableOf, token, type Scene } from '../support/scene.ts';

let scene: Scene;

beforeEach(() => {
  scene = createScene(tableOf(token('old'), token('old'), null));
  write('database: sqlite:fleet.db\nkeys:\n  old: file:old.key\n  new: file:new.key\n');
  mkdirSync(join(scene.folder, 'sub'));
});

function write(text: string): void {
  writeFileSync(join(scene.folder, 'keyturn.config.yaml'), text);
}

/** Types a command in a folder below the one with the configuration. */
function keyturn(command: string, options: KeyturnOptions = {}) {
  const cleared = { KEYTURN_DATABASE: undefined, DATABASE_URL: undefined };
  const env = { ...cleared, ...options.env };
  return runKeyturn(command.split(' '), { ...options, cwd: join(scene.folder, 'sub'), env });
}

function errorIn(stdout: string): { readonly code: string; readonly message: string } {
  return (JSON.parse(stdout) as { error: { code: string; message: string } }).error;
}

test('every command works without database and keys where the configuration names them', async () => {
  for (const command of ['plan', 'rotate --dry-run', 'rotate --yes', 'status', 'verify']) {
    const { code, stderr } = await keyturn(command);
    expect({ command, code, stderr: code === 0 ? '' : stderr }).toEqual({ command, code: 0, stderr: '' });
  }
  expect(opened('new', scene.values('SELECT cell FROM t')[0] ?? null)).toBe('a value');
  expect((await keyturn('rollback --yes')).code).toBe(0);
  expect(opened('old', scene.values('SELECT cell FROM t')[0] ?? null)).toBe('a value');
});

test('verify takes the keys from the configuration where the ledger knows none', async () => {
  const { code, stdout } = await keyturn('verify --json');
  expect(code).toBe(14);
  expect(JSON.parse(stdout)).toMatchObject({ outcome: 'old key found', total: { old: 2 } });
});

describe('what counts more', () => {
  test('the flag, then the environment, then the file', async () => {
    const env = { KEYTURN_OLD_KEY: 'env:NONE' };
    const fromEnvironment = await keyturn('plan --json', { env });
    expect(errorIn(fromEnvironment.stdout).message).toContain('(env:NONE)');
    const fromFlag = await keyturn('plan --json --old-key env:FLAG', { env });
    expect(errorIn(fromFlag.stdout).message).toContain('(env:FLAG)');
    expect([fromEnvironment.code, fromFlag.code]).toEqual([12, 12]);
  });

  test('DATABASE_URL before the file, and --config before what is found', async () => {
    const fromEnvironment = await keyturn('status --json', { env: { DATABASE_URL: 'sqlite:none.db' } });
    expect(errorIn(fromEnvironment.stdout).message).toContain('none.db');
    writeFileSync(join(scene.folder, 'other.yaml'), 'database: other.db');
    const named = await keyturn('status --json --config ../other.yaml');
    expect(errorIn(named.stdout).message).toContain(join(scene.folder, 'other.db'));
  });
});

test('settings of a run reach it; a value its flag refuses is named with its place', async () => {
  write('database: fleet.db\nkeys: {old: "file:old.key", new: "file:new.key"}\nrun:\n  wait: 5x\n');
  const { code, stdout } = await keyturn('rotate --yes --json');
  expect(code).toBe(2);
  expect(errorIn(stdout).message).toBe('keyturn.config.yaml:4:3: "run.wait": this is not a duration');
});

test('where the new key goes is said of rotations alone: a decryption and its rollback take no notice', async () => {
  const application = join(scene.folder, 'app.env');
  const keyIn = (name: string): string => readFileSync(join(scene.folder, name), 'utf8').trim();
  writeFileSync(application, `KEY=${keyIn('old.key')}\n`, { mode: 0o600 });
  write(
    'database: fleet.db\nkeys: {old: "file:old.key", new: "file:new.key"}\nrun: {updateConfig: "file:app.env#KEY"}\n',
  );
  for (const [command, key] of [
    ['rotate --yes', 'new.key'],
    ['rollback --yes', 'old.key'],
    ['decrypt --column t.cell --key file:../old.key --yes', 'old.key'],
    ['rollback --yes', 'old.key'],
  ] as const) {
    const { code, stderr } = await keyturn(command);
    expect({ command, code, stderr: code === 0 ? '' : stderr }).toEqual({ command, code: 0, stderr: '' });
    expect(readFileSync(application, 'utf8')).toContain(`KEY=${keyIn(key)}\n`);
  }
});

test('keys.literals: forbid refuses a key itself, wherever it stands, without repeating it', async () => {
  write('database: fleet.db\nkeys: {new: "file:new.key", literals: forbid}\n');
  const key = readFileSync(join(scene.folder, 'old.key'), 'utf8').trim();
  for (const command of [
    `plan --old-key ${key}`,
    `keys inspect ${key}`,
    `keys compare file:../old.key ${key}`,
    `encrypt --column t.cell --key ${key}`,
    `plan --encrypt t.cell --key file:../old.key --index-key ${key}`,
    `rotate --old-key file:../old.key --new-index-key ${key}`,
  ]) {
    const { code, stdout } = await keyturn(`${command} --json`);
    expect({ command: command.slice(0, 12), code, error: errorIn(stdout).code }).toEqual({
      command: command.slice(0, 12),
      code: 2,
      error: 'KT_KEY_LITERAL',
    });
    expect(stdout).not.toContain(key.slice(0, 8));
  }
});

test('a list of columns is for commands that take several', async () => {
  write('database: fleet.db\nselect: {columns: [t.id, t.cell]}\n');
  const { stdout } = await keyturn('index-of --json');
  expect(errorIn(stdout).message).toContain('--column');
});

test('tune changes what is typed, and nothing that the configuration says of runs', async () => {
  write('database: fleet.db\nkeys: {old: "file:old.key", new: "file:new.key"}\nrun: {maxRate: 7}\n');
  scene.change((database) => database.prepare('INSERT INTO t(cell) VALUES (?)').run(token('third')));
  expect((await keyturn('rotate --yes --max-rate none')).code).toBe(3);
  expect((await keyturn('tune')).code).toBe(2);
  const { stdout } = await keyturn('tune --nice 2 --json');
  expect(JSON.parse(stdout)).toMatchObject({ limits: { maximumRowsPerSecond: null, niceRatio: 2 } });
});

test('a configuration is never executed', async () => {
  const marker = join(scene.folder, 'marker');
  write(`database: "$(touch ${marker})"\nkeys: {old: "file:old.key", new: "file:new.key"}\n`);
  await keyturn('plan');
  write(`database: !!js/function "require('fs').writeFileSync('${marker}', '')"\n`);
  await keyturn('plan');
  expect(() => readFileSync(marker)).toThrow('ENOENT');
});

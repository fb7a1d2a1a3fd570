import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { loadConfiguration } from '../../../src/lib/configuration/load-configuration.ts';
import { KeyturnError } from '../../../src/lib/model/keyturn-error.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keyturn-configuration-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
});

function write(path: string, text: string | Uint8Array): string {
  const full = join(folder, path);
  mkdirSync(join(full, '..'), { recursive: true });
  writeFileSync(full, text, { mode: 0o600 });
  return full;
}

function load(workingFolder = '.', environment: NodeJS.ProcessEnv = {}, named?: string) {
  const search = { XDG_CONFIG_HOME: join(folder, 'home'), ...environment };
  return loadConfiguration({ named, workingFolder: join(folder, workingFolder), environment: search });
}

/** Message and hints of the error with which a configuration is refused. */
async function refusal(text: string | Uint8Array, code = 'KT_CONFIG_INVALID'): Promise<string> {
  write('keyturn.config.yaml', text);
  const error: unknown = await load().catch((thrown: unknown) => thrown);
  if (!(error instanceof KeyturnError)) throw new Error(`it was accepted: ${JSON.stringify(error)}`);
  expect(error).toMatchObject({ code, exitCode: 2 });
  return [error.message, ...error.hints].join('\n');
}

test('a file in UTF-16 is told by its encoding; a byte order mark is no matter', async () => {
  const utf16 = Buffer.from('\uFEFFdatabase: fleet.db', 'utf16le');
  const refused = await refusal(utf16, 'KT_CONFIG_UNREADABLE');
  expect(refused).toContain('is written in UTF-16');
  expect(refused).toContain('iconv -f UTF-16 -t UTF-8');
  write('keyturn.config.yaml', '\uFEFFdatabase: fleet.db\r\nkeys:\r\n  old: env:OLD\r\n');
  expect((await load())?.values).toMatchObject({ database: 'fleet.db', keys: { old: 'env:OLD' } });
});

describe('the file that counts', () => {
  test('is the nearest one upwards, else the user’s; none is no error', async () => {
    mkdirSync(join(folder, 'a/b'), { recursive: true });
    expect(await load('a/b')).toBeUndefined();
    const user = write('home/keyturn/keyturn.config.json', '{"database": "user.db"}');
    expect((await load('a/b'))?.path).toBe(user);
    const above = write('a/keyturn.config.yaml', 'database: above.db');
    expect((await load('a/b'))?.path).toBe(above);
    const nearest = write('a/b/keyturn.config.json', '{"database": "nearest.db"}');
    expect((await load('a/b'))?.path).toBe(nearest);
  });

  test('is the named one, which has to exist', async () => {
    write('keyturn.config.yaml', 'database: found.db');
    const named = write('other.yaml', 'database: named.db');
    expect((await load('.', {}, 'other.yaml'))?.path).toBe(named);
    await expect(load('.', {}, 'none.yaml')).rejects.toMatchObject({ code: 'KT_CONFIG_UNREADABLE' });
  });

  test('is refused where every user may change it: it can name programs to run', async () => {
    chmodSync(write('keyturn.config.yaml', 'database: fleet.db'), 0o666);
    await expect(load()).rejects.toMatchObject({ code: 'KT_CONFIG_UNSAFE', exitCode: 2 });
  });
});

describe('what it says', () => {
  test('files are beside it, not in the working folder; other references stay', async () => {
    mkdirSync(join(folder, 'sub'));
    const keys = 'keys: {old: "file:app.yaml#server.key", new: "env:NEW_KEY"}';
    write('keyturn.config.yaml', `${keys}\nrun: {throttleFile: stop}`);
    expect((await load('sub'))?.values).toMatchObject({
      keys: { old: `file:${folder}/app.yaml#server.key`, new: 'env:NEW_KEY' },
      run: { throttleFile: `${folder}/stop` },
    });
  });

  test('a database URL is filled in from the environment and from files, and nothing is run', async () => {
    write('password', 's3cret\n');
    write('keyturn.config.yaml', "database: 'postgres://app:${file:password}@${env:HOST}/x'");
    expect((await load('.', { HOST: 'db' }))?.values.database).toBe('postgres://app:s3cret@db/x');
    expect(await refusal('database: "${env:NONE}"')).toContain('1:1: environment variable "NONE" is not set');
    expect(await refusal('database: "${file:none}"')).toContain('file "none" cannot be read (ENOENT)');
    expect(await refusal('database: "${cmd:id}"')).toContain('only ${env:NAME} and ${file:PATH}');
  });

  test.each([
    ['databse: x', 'keyturn.config.yaml:1:1: unknown field "databse"\ndid you mean "database"?'],
    [
      '\nkeys:\n  olde: env:A',
      'keyturn.config.yaml:3:3: unknown field "keys.olde"\ndid you mean "keys.old"?',
    ],
    ['run:\n  frobnicate: 1', 'known here: batchRows,'],
    ['run: {batchRows: many}', '1:7: "run.batchRows" must be a number'],
    ['run: {batchRows: 0}', '"run.batchRows" must be at least 1'],
    ['run: {nice: often}', '"run.nice" must be a number'],
    ['run: {nice: 0}', '"run.nice" must be more than 0'],
    ['run: {wait: 5}', '"run.wait" must be text'],
    ['select:\n  tables: [a, 3]', '2:15: "select.tables.1" must be text'],
    ['keys: {literals: never}', '"keys.literals" must be one of: allow, forbid'],
    ['- a', '1:1: the configuration must be a section'],
    ['a: [', 'not valid YAML'],
    ['database: *nowhere', 'keyturn.config.yaml:'],
  ])('%j is refused with its place', async (text, message) => {
    expect(await refusal(text)).toContain(message);
  });

  test('a key in the file is refused and not repeated', async () => {
    const key = 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=';
    const message = await refusal(`keys: {new: ${key}}`);
    expect(message).toContain('a key itself must not stand here');
    expect(message).not.toContain(key.slice(0, 8));
  });
});

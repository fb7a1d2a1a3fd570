import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { loadKey } from '../../../src/lib/keys/load-key.ts';
import { generateKey } from '../../../src/lib/keys/material/generate-key.ts';
import { encodeKeyText } from '../../../src/lib/keys/material/key-text.ts';
import { writeKeyFile } from '../../../src/lib/keys/publication/write-key-file.ts';
import { SecretKey } from '../../../src/lib/keys/secret-key.ts';
import { countingKey, errorOf, fernet, randomKeyText } from './samples.ts';
import { temporaryFolder } from './temporary-folder.ts';

const key = new SecretKey(countingKey.bytes);
const program = fileURLToPath(new URL('write-key-in-a-process.ts', import.meta.url));

test('every generated key is another one', () => {
  const ids = Array.from({ length: 100 }, () => generateKey(fernet).checkValue);
  expect(new Set(ids).size).toBe(100);
});

test('a generated key has the length of the format and 44 characters', () => {
  generateKey(fernet).use((bytes) => {
    expect(bytes).toHaveLength(32);
    expect(encodeKeyText(bytes)).toMatch(/^[\w-]{43}=$/);
  });
});

test('a key is written as Fernet writes it and loads again', async () => {
  const folder = temporaryFolder();
  const reference = await writeKeyFile({ key, output: `file:${folder}/new.key` });
  expect(readFileSync(join(folder, 'new.key'), 'latin1')).toBe(countingKey.text);
  expect(statSync(join(folder, 'new.key')).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder)).toEqual(['new.key']);
  expect(reference).toMatchObject({ stored: `file:${folder}/new.key`, durability: 'durable' });
  const loaded = await loadKey({ reference, format: fernet, role: 'new' });
  expect(loaded.warnings).toEqual([]);
  expect(loaded.key.equals(key)).toBe(true);
});

test('a bare path is a file as well', async () => {
  const path = join(temporaryFolder(), 'new.key');
  expect((await writeKeyFile({ key, output: path })).stored).toBe(`file:${path}`);
});

test('the mode does not depend on the umask', async () => {
  const path = join(temporaryFolder(), 'new.key');
  const before = process.umask(0o777);
  await writeKeyFile({ key, output: path }).finally(() => process.umask(before));
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test('an existing file is never overwritten, nor followed where it is a link', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'old.key'), 'precious');
  symlinkSync(join(folder, 'nowhere'), join(folder, 'link.key'));
  for (const name of ['old.key', 'link.key']) {
    const error = await errorOf(() => writeKeyFile({ key, output: join(folder, name) }));
    expect(error).toMatchObject({ code: 'KT_KEY_FILE_EXISTS', exitCode: 2 });
    expect(error.message).toContain('exists already and is never overwritten');
  }
  expect(readFileSync(join(folder, 'old.key'), 'latin1')).toBe('precious');
  expect(existsSync(join(folder, 'nowhere'))).toBe(false);
});

test('a missing folder is named with the command that makes it', async () => {
  const folder = temporaryFolder();
  const error = await errorOf(() => writeKeyFile({ key, output: `${folder}/keys/new.key` }));
  expect(error).toMatchObject({ code: 'KT_KEY_NOT_WRITTEN', exitCode: 2 });
  expect(error.message).toBe(`key file: folder "${folder}/keys" does not exist`);
  expect(error.hints).toEqual([`mkdir -p -m 700 ${folder}/keys`]);
});

test('a file that cannot be finished is removed', () => {
  const folder = temporaryFolder();
  const command = 'ulimit -f 0; exec "$0" --no-warnings "$1" "$2"';
  const child = spawnSync('sh', ['-c', command, process.execPath, program, `${folder}/new.key`], {
    encoding: 'utf8',
  });
  expect(JSON.parse(child.stdout)).toMatchObject({ code: 'KT_KEY_NOT_WRITTEN', exitCode: 78 });
  expect(readdirSync(folder)).toEqual([]);
});

test.each(['-', 'env:NEW_KEY', 'fd:3', 'file:config.yaml#key', 'awskms://x', 'new.key?enc=hex'])(
  'a key cannot be written to %s',
  async (output) => {
    const error = await errorOf(() => writeKeyFile({ key, output }));
    expect(error).toMatchObject({ code: 'KT_KEY_REFERENCE', exitCode: 2 });
    expect(error.message).toBe('key file: a key can be written only to a file of its own');
  },
);

test('a key given in place of a path is not made the name of a file', async () => {
  const error = await errorOf(() => writeKeyFile({ key, output: randomKeyText.urlSafe }));
  expect(error.message).toBe('key file: the path of the key file looks like a key itself');
});

import { readFileSync, readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect, test } from 'vitest';
import { keyFieldAt } from '../../../src/lib/keys/key-field.ts';
import { encodeKeyText } from '../../../src/lib/keys/material/key-text.ts';
import { editText, fieldsIn } from '../../../src/lib/keys/publication/field-text.ts';
import { checkPublication } from '../../../src/lib/keys/publication/publish-key.ts';
import { replaceFile } from '../../../src/lib/keys/publication/replace-file.ts';
import { SecretKey } from '../../../src/lib/keys/secret-key.ts';
import { temporaryFile } from './temporary-folder.ts';

const [before, after] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];

test.each([
  [
    'a key in a block, which only the end of a rotation would have found out',
    `key: >-\n  ${encodeKeyText(before)}\n`,
  ],
  [
    'a key that is merged from elsewhere, which it held neither before nor afterwards',
    `base: &base\n  key: ${encodeKeyText(before)}\nserver:\n  <<: *base\n`,
    'server.key',
  ],
  [
    'bytes that are no UTF-8, which would have become others',
    `# Schl\xfcssel\nkey: ${encodeKeyText(before)}\n`,
  ],
])('a configuration with %s is refused beforehand', async (_, text, pointer = 'key') => {
  const path = temporaryFile('config.yaml', Buffer.from(text, 'latin1'));
  const keys = { encoding: undefined, old: new SecretKey(before), new: new SecretKey(after) };
  const checked = checkPublication({ ...keys, field: keyFieldAt(path, pointer) });
  await expect(checked).rejects.toMatchObject({ description: { code: 'KT_KEY_REFERENCE', reason: 'usage' } });
  expect(readFileSync(path, 'latin1')).toBe(text);
});

test.each([
  {
    why: 'has changed since it was read',
    name: 'config.yaml',
    before: 'key: another',
    reason: 'temporaryFailure',
  },
  // The copy that takes its place has a longer name.
  { why: 'has no room beside it', name: 'a'.repeat(250), before: 'key: 1', reason: 'environment' },
])('a configuration that $why is left as it is', async ({ name, before: read, reason }) => {
  const path = temporaryFile(name, Buffer.from('key: 1'));
  const replaced = replaceFile({ path, before: read, after: 'key: 2', onWritten: () => undefined });
  await expect(replaced).rejects.toMatchObject({ description: { code: 'KT_CONFIG_NOT_UPDATED', reason } });
  expect(readFileSync(path, 'utf8')).toBe('key: 1');
  expect(readdirSync(dirname(path))).toEqual([name]);
});

test.each([
  [
    '.env',
    `KEY=${encodeKeyText(before)}\r\n`,
    `KEY=${encodeKeyText(before)}\r\nKEY_NEXT=${encodeKeyText(after)}\r\n`,
  ],
  [
    'config.yaml',
    `key: ${encodeKeyText(before)}\n`,
    `key: ${encodeKeyText(before)}\nkey_next: ${encodeKeyText(after)}\n`,
  ],
])('the byte order mark in front of a %s stays, and comes nowhere else', (name, text, edited) => {
  const field = keyFieldAt(`/srv/${name}`, name === '.env' ? 'KEY' : 'key');
  const edits = [{ name: name === '.env' ? 'KEY_NEXT' : 'key_next', value: encodeKeyText(after) }];
  expect(editText(field, `\uFEFF${text}`, edits)).toBe(`\uFEFF${edited}`);
  expect(fieldsIn(field, `\uFEFF${text}`)).toEqual({ [field.name]: encodeKeyText(before) });
});

test('a field in an entry of a list is changed in that entry alone', () => {
  const entry = (name: string): string => `  - name: ${name}\n    key: ${encodeKeyText(before)}\n`;
  const text = `projects:\n${entry('one')}${entry('two')}`;
  const field = keyFieldAt('/srv/config.yaml', 'projects.1.key');
  expect(fieldsIn(field, text)).toEqual({ name: 'two', key: encodeKeyText(before) });
  const edited = editText(field, text, [{ name: 'key_next', value: encodeKeyText(after) }]);
  expect(edited).toBe(`${text}    key_next: ${encodeKeyText(after)}\n`);
});

import { expect, test } from 'vitest';
import { parseKeyReference } from '../../../src/lib/keys/key-reference.ts';
import { loadKeyPair } from '../../../src/lib/keys/load-key-pair.ts';
import { loadKey } from '../../../src/lib/keys/load-key.ts';
import { countingKey, errorOf, fernet, randomKeyText } from './samples.ts';
import { temporaryFile } from './temporary-folder.ts';

function loadPair(oldText: string, newText: string) {
  return loadKeyPair({
    old: { reference: parseKeyReference(oldText, 'old'), format: fernet },
    new: { reference: parseKeyReference(newText, 'new'), format: fernet },
  });
}

test('both keys of a rotation are loaded', async () => {
  const pair = await loadPair(
    `file:${temporaryFile('old.key', countingKey.text)}`,
    `file:${temporaryFile('new.key', randomKeyText.urlSafe)}`,
  );
  expect(pair.old.key.checkValue).toBe(countingKey.checkValue);
  expect(pair.new.key.checkValue).not.toBe(countingKey.checkValue);
});

test('the same key in two encodings is equal to itself', async () => {
  const error = await errorOf(() => loadPair(countingKey.text, `${countingKey.hexadecimal}?enc=hex`));
  expect(error).toMatchObject({ code: 'KT_KEYS_EQUAL', exitCode: 12 });
  expect(error.message).toBe(
    'old key and new key are the same key (c261a6ae): a rotation would change nothing',
  );
});

test('an error names the key it is about', async () => {
  const error = await errorOf(() => loadPair(countingKey.text, 'env:KEYTURN_TEST_UNSET'));
  expect(error.message).toMatch(/^new key \(env:KEYTURN_TEST_UNSET\): /);
});

test('where both are missing, both are named at once', async () => {
  const error = await errorOf(() => loadPair('env:KEYTURN_TEST_UNSET', 'env:KEYTURN_TEST_GONE'));
  expect(error).toMatchObject({ code: 'KT_KEY_MISSING', exitCode: 12 });
  expect(error.message).toMatch(
    /^old key \(env:KEYTURN_TEST_UNSET\): .*; new key \(env:KEYTURN_TEST_GONE\): /,
  );
});

test.each([
  ['a key', countingKey.text],
  ['what is not a key', `"${countingKey.text}"`],
])('the buffer that %s was read into is wiped', async (_, text) => {
  const bytes = Buffer.from(text);
  const reference = { ...parseKeyReference('-', 'old'), read: () => ({ bytes, warnings: [] }) };
  await loadKey({ reference, format: fernet, role: 'old' }).catch(() => undefined);
  expect(bytes).toEqual(Buffer.alloc(text.length));
});

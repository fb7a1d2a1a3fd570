import { describe, expect, test } from 'vitest';
import {
  countingKey,
  environmentReference,
  load,
  loadError,
  randomKeyText,
  tokenShapedExample,
} from './samples.ts';
import { temporaryFile } from './temporary-folder.ts';

const { text } = countingKey;

describe('what is a key', () => {
  test('the standard alphabet is the same key as the URL-safe one, as in Python', async () => {
    const standard = await load(environmentReference(randomKeyText.standard));
    const urlSafe = await load(environmentReference(randomKeyText.urlSafe));
    const mixed = await load(environmentReference(randomKeyText.urlSafe.replace('_', '/')));
    expect(urlSafe.key.checkValue).toBe(standard.key.checkValue);
    expect(mixed.key.checkValue).toBe(standard.key.checkValue);
    expect([...standard.warnings, ...urlSafe.warnings, ...mixed.warnings]).toEqual([]);
  });
  test.each(['base64', 'base64url'])('?enc=%s takes either alphabet', async (encoding) => {
    const reference = environmentReference(randomKeyText.standard);
    expect((await load(`${reference}?enc=${encoding}`)).warnings).toEqual([]);
  });
  test('hexadecimal digits of either case are the same key', async () => {
    const upper = await load(`${environmentReference(countingKey.hexadecimal.toUpperCase())}?enc=hex`);
    expect(upper.key.checkValue).toBe(countingKey.checkValue);
  });
  test('a key without padding is taken, with a warning', async () => {
    const { key, warnings } = await load(environmentReference(text.replace('=', '')));
    expect(key.checkValue).toBe(countingKey.checkValue);
    expect(warnings).toEqual([
      'old key (env:KEYTURN_TEST_KEY): lacks the "=" at its end: Python refuses such a key',
    ]);
  });
  test('unused bits in the last character are ignored, with a warning', async () => {
    const { key, warnings } = await load(environmentReference(text.replace('8=', '9=')));
    expect(key.checkValue).toBe(countingKey.checkValue);
    expect(warnings.join()).toContain('ends in a character with unused bits');
  });
});

describe('what is not a key is told apart', () => {
  test.each([
    ['white space alone', ' \n ', 'holds nothing but white space'],
    [
      'a Fernet token',
      tokenShapedExample,
      'this is a Fernet token, which is a value encrypted under a key, not the key (105 characters)',
    ],
    [
      'a PEM file',
      `-----BEGIN PRIVATE KEY-----\n${text}\n-----END PRIVATE KEY-----\n`,
      'this is a PEM file, which holds a certificate or a key pair (98 characters)',
    ],
    [
      'a Laravel key',
      `base64:${text}`,
      'this is a Laravel application key with its prefix "base64:" (51 characters)',
    ],
    ['a JSON document', `{"key":\n"${text}"}`, 'this is a JSON document (55 characters)'],
    [
      'an age identity',
      'AGE-SECRET-KEY-1QQQQ',
      'this is an age identity, which encrypts files (20 characters)',
    ],
    ['double quotes', `"${text}"`, 'stands in quotes, which are not part of a key'],
    ['single quotes', `'${text}'\n`, 'stands in quotes, which are not part of a key'],
    ['two lines', `${text}\n\n${randomKeyText.standard}\n`, 'has 2 lines, and a key is one'],
    ['a line of a .env file', `FLEET_KEY=${text}`, 'is a name with a value, and a key is the value alone'],
    ['a line of YAML', `fleet.key: ${text}\n`, 'is a name with a value, and a key is the value alone'],
    ['a broken key', `${text.slice(0, 20)} ${text.slice(20)}`, 'has white space inside (character 21 of 45)'],
    ['hexadecimal', countingKey.hexadecimal, 'is hexadecimal (64 digits), but base64 is expected'],
    ['a password', 'Tr0ub4dor&3', 'has only 11 characters: this is a password, not a key'],
    [
      'a passphrase',
      'correct-horse-battery-staple!',
      'is not base64: character 29 of 29 does not belong to its alphabet',
    ],
    [
      'a wrong character',
      text.replace('M', '%'),
      'is not base64: character 27 of 44 does not belong to its alphabet',
    ],
    ['two keys', text + text, 'has a "=" in its middle (character 44 of 88)'],
    ['a short key', text.slice(0, 24), 'decodes to 18 bytes, but a fernet key has 32'],
    ['a long key', text.replace('8=', '8A') + text, 'decodes to 65 bytes, but a fernet key has 32'],
    [
      'a lost character',
      text.slice(1),
      'has 43 characters, which no base64 text can have: some are missing or too many',
    ],
    ['all zero', `${'A'.repeat(43)}=`, 'consists of equal bytes (all zero): this is no random key'],
    ['all equal', `${'_'.repeat(42)}8=`, 'consists of equal bytes: this is no random key'],
    ['UTF-16', Buffer.from(`\ufeff${text}`, 'utf16le'), 'is text in UTF-16, as PowerShell writes it'],
    ['UTF-16 without its mark', Buffer.from(text, 'utf16le'), 'is text in UTF-16, as PowerShell writes it'],
    ['raw bytes', Buffer.from(randomKeyText.standard, 'base64'), 'is 32 bytes that are not text'],
    ['other raw bytes', Buffer.from([1, 2, 3, 200]), 'is not text in ASCII, as a key is'],
  ])('%s', async (_, material, message) => {
    const path = temporaryFile('old.key', material);
    const error = await loadError(`file:${path}`);
    expect(error).toMatchObject({ code: 'KT_KEY_INVALID', exitCode: 12 });
    expect(error.message).toBe(`old key (file:${path}): ${message}`);
    expect(error.hints).toContain('a fernet key is 44 characters of base64url: 32 random bytes');
    expect(error.hints).toContain(
      'keyturn keys generate --output PATH   # a new key; it opens no cell that exists',
    );
  });

  test.each([
    ['hex', text, 'is base64, but ?enc=hex says hexadecimal'],
    [
      'hex',
      countingKey.hexadecimal.replace('a', 'g'),
      'is not hexadecimal: character 22 of 64 does not belong to its alphabet',
    ],
    [
      'hex',
      countingKey.hexadecimal.slice(1),
      'has 63 characters, which no hexadecimal text can have: some are missing or too many',
    ],
    ['hex', countingKey.hexadecimal.slice(2), 'decodes to 31 bytes, but a fernet key has 32'],
    ['raw', countingKey.bytes.subarray(1), 'is 31 bytes, but a fernet key has 32'],
    [
      'raw',
      Buffer.concat([countingKey.bytes, Buffer.from('\n')]),
      'is 33 bytes, but a fernet key has 32; the last one is a line break that an editor or echo added',
    ],
    ['raw', new Uint8Array(32), 'consists of equal bytes (all zero): this is no random key'],
  ])('with ?enc=%s %#', async (encoding, material, message) => {
    const path = temporaryFile('old.key', material);
    const error = await loadError(`file:${path}?enc=${encoding}`);
    expect(error.message).toBe(`old key (file:${path}?enc=${encoding}): ${message}`);
  });
});

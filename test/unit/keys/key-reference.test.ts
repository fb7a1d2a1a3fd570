import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { keyReferenceForms } from '../../../src/lib/cli/flags/key-flags.ts';
import { keySources, plannedSchemes } from '../../../src/lib/keys/registry.ts';
import { countingKey, parse, parseError, randomKeyText, tokenShapedExample } from './samples.ts';

describe('a reference says where the key is', () => {
  test.each([
    ['env:OLD_KEY', { scheme: 'env', stored: 'env:OLD_KEY', durability: 'volatile' }],
    ['ENV:OLD_KEY?enc=hex', { scheme: 'env', stored: 'env:OLD_KEY?enc=hex', durability: 'volatile' }],
    ['file:/run/old.key', { scheme: 'file', stored: 'file:/run/old.key', durability: 'durable' }],
    [
      'file:/run/a.yaml#server.key?enc=raw',
      { scheme: 'file', stored: 'file:/run/a.yaml#server.key?enc=raw', durability: 'durable' },
    ],
    [
      'cmd:["pass","show","fleet"]',
      { scheme: 'cmd', stored: 'cmd:["pass","show","fleet"]', durability: 'durable' },
    ],
    [
      'file:/run/m.key?enc=hex?derive=hkdf-sha256:info=a?derive=hkdf-sha256:info=b,salt=hex:00',
      {
        scheme: 'file',
        stored: 'file:/run/m.key?enc=hex?derive=hkdf-sha256:info=a?derive=hkdf-sha256:info=b,salt=hex:00',
        durability: 'durable',
      },
    ],
    ['cred:old_key', { scheme: 'cred', stored: 'cred:old_key', durability: 'durable' }],
    ['secret:old.key?enc=raw', { scheme: 'secret', stored: 'secret:old.key?enc=raw', durability: 'durable' }],
    ['prompt:', { scheme: 'prompt', stored: undefined, durability: 'volatile' }],
    ['fd:3', { scheme: 'fd', stored: undefined, durability: 'volatile' }],
    ['-', { scheme: '-', stored: undefined, durability: 'volatile' }],
    ['-?enc=hex', { scheme: '-', stored: undefined, durability: 'volatile' }],
    ['file:/dev/fd/63', { scheme: 'file', stored: undefined, durability: 'volatile' }],
    ['file:/dev/stdin', { scheme: 'file', stored: undefined, durability: 'volatile' }],
    [countingKey.text, { scheme: 'literal', stored: undefined, durability: 'volatile' }],
  ])('%s', (text, expected) => {
    expect(parse(text)).toMatchObject(expected);
  });

  test('every source of the registry can be named, and help and hints say how', async () => {
    const { hints } = await parseError('vault:secret');
    for (const { scheme, forms } of keySources) {
      expect(forms.every((form) => form === '-' || form.startsWith(`${scheme}:`))).toBe(true);
      for (const form of forms) {
        expect(keyReferenceForms).toContain(form);
        expect(hints.join()).toContain(form);
      }
    }
  });

  test('a stored file is found again from any folder', () => {
    expect(parse('file:old.key').stored).toBe(`file:${resolve('old.key')}`);
    expect(parse('file:~/old.key').stored).toBe(`file:${homedir()}/old.key`);
    expect(parse('cmd:["bin/show-key"]').stored).toBe(`cmd:["${resolve('bin/show-key')}"]`);
    expect(parse('file:~/a.yaml#key').stored).toBe(`file:${homedir()}/a.yaml#key`);
  });

  test('a stored reference means the same when it is parsed again', () => {
    const stored = parse('file:~/a.yaml#server.key?enc=hex').stored ?? '';
    expect(parse(stored)).toMatchObject({ stored, display: stored, encoding: 'hex' });
  });

  test('what is printed is what was typed, but never a literal key', () => {
    expect(parse('file:~/a.yaml#key?enc=hex').display).toBe('file:~/a.yaml#key?enc=hex');
    expect(parse('-').display).toBe('standard input');
    expect(parse('cmd:["vault","--token=hunter2"]').display).toBe('cmd:["vault",...]');
    expect(parse(`${countingKey.hexadecimal}?enc=hex`).display).toBe('literal key?enc=hex');
  });
});

describe('a reference that cannot be understood is a usage error with the next step', () => {
  test.each(plannedSchemes)('%s: is known, but not supported yet', async (scheme) => {
    const error = await parseError(`${scheme}://some/thing`);
    expect(error).toMatchObject({ code: 'KT_KEY_SOURCE_UNSUPPORTED', exitCode: 2 });
    expect(error.message).toBe(
      `old key: keys from "${scheme}:" are not supported by this version of keyturn`,
    );
  });

  test.each([
    ['env:', 'what follows "env:" is not the name of an environment variable'],
    ['env:MY-KEY', 'what follows "env:" is not the name of an environment variable'],
    [`env:${randomKeyText.urlSafe}`, 'what follows "env:" is not the name of an environment variable'],
    [
      `env:a${countingKey.hexadecimal.slice(1)}`,
      'what follows "env:" is not the name of an environment variable',
    ],
    ['file:', 'the path of the key file is empty'],
    [`file:${randomKeyText.urlSafe}`, 'the path of the key file looks like a key itself'],
    [`file:${randomKeyText.standard}`, 'the path of the key file looks like a key itself'],
    [`file:${tokenShapedExample}`, 'the path of the key file looks like a key itself'],
    ['file:~someone/old.key', 'only "~/" at the start of a path is expanded, not another user\'s folder'],
    [
      'file:a\u001b[2J',
      'the full path of the key file contains "#", "?enc=", "?derive=" or a control character',
    ],
    ['file:a.yaml#', 'what follows "#" is not the name of a field'],
    [`file:a.yaml#${countingKey.hexadecimal}`, 'what follows "#" is not the name of a field'],
    ['fd:', 'what follows "fd:" must be the number of an open descriptor: 0, or 3 and above'],
    ['fd:1', 'what follows "fd:" must be the number of an open descriptor: 0, or 3 and above'],
    ['fd:-3', 'what follows "fd:" must be the number of an open descriptor: 0, or 3 and above'],
    ['env:A?enc=base32', 'what follows "?enc=" is not an encoding keyturn knows'],
    ['file:a?enc=hex#key', 'what follows "?enc=" is not an encoding keyturn knows'],
    ['cmd:pass show fleet', 'what follows "cmd:" is not a program with its arguments'],
    ['cmd:[]', 'what follows "cmd:" is not a program with its arguments'],
    ['cmd:["pass",1]', 'what follows "cmd:" is not a program with its arguments'],
    [`cmd:["echo","${randomKeyText.urlSafe}"]`, 'an argument behind "cmd:" looks like a key itself'],
    ['cred:', 'what follows "cred:" is not the name of a secret'],
    ['cred:../shadow', 'what follows "cred:" is not the name of a secret'],
    ['secret:a/b', 'what follows "secret:" is not the name of a secret'],
    [`secret:${randomKeyText.urlSafe}`, 'what follows "secret:" is not the name of a secret'],
    ['prompt:old', 'nothing may follow "prompt:"'],
    ['vault:secret', 'the key reference starts with a scheme that keyturn does not know'],
  ])('%j', async (text, message) => {
    const error = await parseError(text);
    expect(error).toMatchObject({ message: `old key: ${message}`, code: 'KT_KEY_REFERENCE', exitCode: 2 });
    expect(error.hints.join()).not.toBe('');
  });

  test('an empty reference is a missing key', async () => {
    expect(await parseError('')).toMatchObject({ code: 'KT_KEY_MISSING', exitCode: 12 });
  });

  test('a path is not mistaken for a key', () => {
    expect(parse('file:/Srv/Keys/production/database/Old2026keyxy').scheme).toBe('file');
    expect(parse(`file:./${randomKeyText.urlSafe}`).scheme).toBe('file');
  });
});

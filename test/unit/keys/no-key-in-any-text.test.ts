import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { loadKeyPair } from '../../../src/lib/keys/load-key-pair.ts';
import { writeKeyFile } from '../../../src/lib/keys/publication/write-key-file.ts';
import {
  countingKey,
  environmentReference,
  fernet,
  load,
  parse,
  randomKeyText,
  tokenShapedExample,
} from './samples.ts';
import { temporaryFile } from './temporary-folder.ts';

const canary = randomKeyText.urlSafe;
const hexadecimalCanary = Buffer.from(canary, 'base64').toString('hex');

/** Everything a program or an operator could see of a value, in every way of making text of it. */
function everyTextOf(value: unknown): string {
  const error = value instanceof Error ? value : undefined;
  return [
    String(value),
    JSON.stringify(value),
    inspect(value),
    inspect(value, { showHidden: true, depth: Infinity, getters: true }),
    inspect(value, { showHidden: true, depth: Infinity, customInspect: false }),
    error?.message,
    error?.stack,
    inspect(error?.cause, { showHidden: true, depth: Infinity }),
    inspect(Object.getOwnPropertyDescriptors(Object(value)), { depth: Infinity }),
    textOfClone(value),
  ].join('\n');
}

function textOfClone(value: unknown): string {
  try {
    return inspect(structuredClone(value), { showHidden: true, depth: Infinity });
  } catch (error) {
    return String(error);
  }
}

/** Fails where eight consecutive characters of the secret stand in the text, in any of its encodings. */
function expectNothingOf(secret: string, text: string): void {
  const bytes = Buffer.from(secret, 'base64');
  const standard = secret.replaceAll('-', '+').replaceAll('_', '/');
  const leaks = [secret, standard, bytes.toString('hex'), [...bytes].join(', ')].flatMap((form) =>
    piecesOf(form).filter((piece) => text.includes(piece)),
  );
  expect(leaks).toEqual([]);
}

function piecesOf(form: string): readonly string[] {
  return Array.from({ length: Math.max(form.length - 7, 0) }, (_, start) => form.slice(start, start + 8));
}

async function outcomeOf(work: () => unknown): Promise<unknown> {
  try {
    return await work();
  } catch (error) {
    return error;
  }
}

const damagedKeys: Readonly<Record<string, string>> = {
  'a key': canary,
  'a token': tokenShapedExample,
  'a key in quotes': `"${canary}"`,
  'a key with white space inside': `${canary.slice(0, 20)} ${canary.slice(20)}`,
  'a key on two lines': `${canary}\n${canary}`,
  'a key with a wrong character': canary.replace('n', '%'),
  'a key with a lost character': canary.slice(1),
  'a short key': canary.slice(0, 28),
  'two keys': canary + canary,
  'hexadecimal digits': hexadecimalCanary,
  'a Laravel key': `base64:${canary}`,
  'a key behind an unknown scheme': `${canary.replaceAll('_', '-')}:x`,
  'a PEM file': `-----BEGIN PRIVATE KEY-----\n${canary}\n-----END PRIVATE KEY-----`,
  'a JSON document': `{"k":"${canary}"}`,
};

/** Every way in which such text can reach keyturn, also by mistake. */
const ways: Readonly<Record<string, (text: string) => string>> = {
  'typed as a literal': (text) => text,
  'typed as a literal in hexadecimal': (text) => `${text}?enc=hex`,
  'typed as raw text': (text) => `${text}?enc=raw`,
  'typed as an encoding': (text) => `env:KEY?enc=${text}`,
  'typed in place of a variable': (text) => `env:${text}`,
  'typed in place of a path': (text) => `file:${text}`,
  'typed in place of a field': (text) => `file:config.yaml#${text}`,
  'typed in place of a credential': (text) => `cred:${text}`,
  'typed in place of a secret': (text) => `secret:${text}`,
  'typed in place of a program': (text) => `cmd:${text}`,
  'typed as an argument of a program': (text) => `cmd:${JSON.stringify(['echo', text])}`,
  'printed by a program': (text) => `cmd:${JSON.stringify(['cat', temporaryFile('old.key', text)])}`,
  'printed by a program that fails': (text) =>
    `cmd:${JSON.stringify(['sh', '-c', 'cat "$1"; cat "$1" >&2; exit 1', 'sh', temporaryFile('old.key', text)])}`,
  'in the environment': (text) => environmentReference(text),
  'in a file': (text) => `file:${temporaryFile('old.key', text)}`,
  'in a file in hexadecimal': (text) => `file:${temporaryFile('old.key', text)}?enc=hex`,
  'in a field': (text) => `file:${temporaryFile('c.yaml', `key: ${JSON.stringify(text)}`)}#key`,
  'in the wrong place of a field': (text) => `file:${temporaryFile('c.yaml', `key: [${text}]`)}#key`,
  'in a broken document': (text) => `file:${temporaryFile('c.yaml', `key: "${text}\nkey: ${text}`)}#key`,
  'in a file of variables': (text) => `file:${temporaryFile('.env', `KEY=${text}\nOTHER=${text}`)}#KEY`,
};

describe.each(Object.entries(damagedKeys))('nothing shows %s', (_, text) => {
  test.each(Object.entries(ways))('%s', async (_way, referTo) => {
    const reference = referTo(text);
    const parsed = await outcomeOf(() => parse(reference));
    const loaded = await outcomeOf(() => load(reference));
    const seen = everyTextOf(parsed) + everyTextOf(loaded);
    expect(seen).toMatch(/old key|literal key|display/);
    expectNothingOf(text, seen);
  });
});

test('nothing shows the keys of a pair, equal or not', async () => {
  for (const newText of [canary, countingKey.text]) {
    const outcome = await outcomeOf(() =>
      loadKeyPair({
        old: { reference: parse(canary), format: fernet },
        new: { reference: parse(newText), format: fernet },
      }),
    );
    expectNothingOf(canary, everyTextOf(outcome));
    expectNothingOf(countingKey.text, everyTextOf(outcome));
  }
});

test('nothing shows a key that is written, or given in place of a path', async () => {
  const { key } = await load(canary);
  const path = temporaryFile('new.key', '');
  for (const output of [path, canary, `file:${hexadecimalCanary}`, `${path}.2`]) {
    expectNothingOf(canary, everyTextOf(await outcomeOf(() => writeKeyFile({ key, output }))));
  }
});

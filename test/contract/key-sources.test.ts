import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import type { KeySource } from '../../src/lib/keys/key-source.ts';
import { KeyFault } from '../../src/lib/keys/material/key-fault.ts';
import { keySources } from '../../src/lib/keys/registry.ts';
import { createMountedSecretSource } from '../../src/lib/keys/sources/mounted-secret-source.ts';
import { countingKey } from '../unit/keys/samples.ts';
import { temporaryFile, temporaryFolder } from '../unit/keys/temporary-folder.ts';

/** How a source is reached in a test, when it has a key and when it has none. */
interface Situation {
  /** What stands behind the colon when there is a key; prepares it. */
  readonly withKey: (text: string) => string;
  readonly withoutKey: () => string;
  /** The source to ask, where the registry's own looks at a place that a test cannot fill. */
  readonly source?: KeySource;
}

function setVariable(name: string, value: string): void {
  process.env[name] = value;
  onTestFinished(() => {
    Reflect.deleteProperty(process.env, name);
  });
}

const secretsFolder = mkdtempSync(join(tmpdir(), 'keyturn-secrets-'));
afterAll(() => {
  rmSync(secretsFolder, { recursive: true });
});

/** Every source that a process reads by itself; one line a source. */
const situations: Readonly<Record<string, Situation>> = {
  file: {
    withKey: (text) => temporaryFile('old.key', text),
    withoutKey: () => join(temporaryFolder(), 'none.key'),
  },
  env: {
    withKey: (text) => {
      setVariable('KEYTURN_CONTRACT_KEY', text);
      return 'KEYTURN_CONTRACT_KEY';
    },
    withoutKey: () => 'KEYTURN_CONTRACT_UNSET',
  },
  cmd: {
    withKey: (text) => JSON.stringify(['cat', temporaryFile('old.key', text)]),
    withoutKey: () => JSON.stringify(['false']),
  },
  cred: {
    withKey: (text) => {
      setVariable('CREDENTIALS_DIRECTORY', join(temporaryFile('old_key', text), '..'));
      return 'old_key';
    },
    withoutKey: () => 'old_key',
  },
  secret: {
    withKey: (text) => {
      writeFileSync(join(secretsFolder, 'old_key'), text);
      return 'old_key';
    },
    withoutKey: () => 'no_key',
    source: createMountedSecretSource(secretsFolder),
  },
};

/** Sources that need a stream or a terminal of the process that reads them. */
const streams: Readonly<Record<string, { readonly reference: string; readonly how: 'pipe' | 'terminal' }>> = {
  fd: { reference: 'fd:0', how: 'pipe' },
  '-': { reference: '-', how: 'pipe' },
  prompt: { reference: 'prompt:', how: 'terminal' },
};

test('every source of the registry is in this suite', () => {
  const known = [...Object.keys(situations), ...Object.keys(streams)];
  expect(keySources.map(({ scheme }) => scheme).sort()).toEqual(known.sort());
});

describe.each(Object.entries(situations))('%s:', (scheme, { withKey, withoutKey, ...rest }) => {
  const source = rest.source ?? requireSource(scheme);

  test('hands out the key as it is stored', async () => {
    const { bytes } = await source.locate(withKey(`${countingKey.text}\n`)).read('old');
    expect(Buffer.from(bytes).toString()).toBe(`${countingKey.text}\n`);
  });

  test('names the place without the key, and finds it again under what it stores', async () => {
    const origin = source.locate(withKey(countingKey.text));
    expect(JSON.stringify(origin)).not.toContain(countingKey.text.slice(0, 8));
    const stored = origin.stored ?? '';
    expect(stored.startsWith(`${scheme}:`)).toBe(true);
    const again = await source.locate(stored.slice(scheme.length + 1)).read('old');
    expect(Buffer.from(again.bytes).toString()).toBe(countingKey.text);
  });

  test('reads nothing before it is asked, and says that there is no key', async () => {
    const origin = source.locate(withoutKey());
    const fault = await Promise.resolve()
      .then(() => origin.read('old'))
      .catch((error: unknown) => error);
    expect(fault).toBeInstanceOf(KeyFault);
    expect((fault as KeyFault).description).toMatchObject({ code: 'KT_KEY_MISSING', reason: 'wrongKey' });
    expect((fault as KeyFault).description.hints).not.toEqual([]);
  });

  test('calls durable only what it can find again', () => {
    const origin = source.locate(withKey(countingKey.text));
    if (origin.durability === 'durable') expect(origin.stored).toBeDefined();
  });
});

describe.each(Object.entries(streams))('%s', (_scheme, { reference, how }) => {
  test('hands out the key that is sent to it, shows none of it, and stores no reference', async () => {
    const output = await inspectThrough(how, reference);
    expect(output).toContain(countingKey.checkValue.slice(0, 8));
    expect(output).toContain('volatile');
    expect(output).not.toContain(countingKey.text.slice(0, 8));
  });
});

/** Runs `keys inspect` with the key sent through a pipe, or typed at a terminal that `script` makes. */
async function inspectThrough(how: 'pipe' | 'terminal', reference: string): Promise<string> {
  const program = fileURLToPath(new URL('../../bin/run.js', import.meta.url));
  const command = [process.execPath, program, 'keys', 'inspect', reference];
  const child =
    how === 'pipe'
      ? spawn(command[0] ?? '', command.slice(1))
      : spawn('script', ['--quiet', '--return', '--command', `exec ${command.join(' ')}`, '/dev/null']);
  if (how === 'pipe') child.stdin.end(countingKey.text);
  else child.stdout.once('data', () => child.stdin.write(`${countingKey.text}\r`));
  return textOf(child.stdout);
}

function requireSource(scheme: string): KeySource {
  const source = keySources.find((one) => one.scheme === scheme);
  if (!source) throw new Error(`there is no source "${scheme}:"`);
  return source;
}

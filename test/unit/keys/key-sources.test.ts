import { spawn, type StdioOptions } from 'node:child_process';
import { chmodSync, closeSync, openSync } from 'node:fs';
import { json } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { createCommandSource } from '../../../src/lib/keys/sources/command-source.ts';
import { countingKey, environmentReference, load, loadError, randomKeyText } from './samples.ts';
import { temporaryFile, temporaryFolder } from './temporary-folder.ts';

const printingProgram = fileURLToPath(new URL('load-keys-in-a-process.ts', import.meta.url));
const countingId = countingKey.checkValue.slice(0, 8);

/** Runs the loading program; `inputs` are written to the descriptors of the same number and closed. */
async function loadInProcess(references: readonly string[], inputs: Readonly<Record<number, string>>) {
  const stdio: StdioOptions = ['ignore', 'pipe', 'inherit', 'ignore', 'ignore'];
  for (const descriptor of Object.keys(inputs)) stdio[Number(descriptor)] = 'pipe';
  return await runLoader(references, { stdio, inputs });
}

async function runLoader(
  references: readonly string[],
  { stdio, inputs }: { readonly stdio: StdioOptions; readonly inputs: Readonly<Record<number, string>> },
) {
  const child = spawn(process.execPath, ['--no-warnings', printingProgram, ...references], { stdio });
  for (const [descriptor, text] of Object.entries(inputs)) {
    const pipe = child.stdio[Number(descriptor)] as NodeJS.WritableStream;
    pipe.on('error', () => undefined);
    pipe.end(text);
  }
  if (child.stdout === null) throw new Error('the child has no standard output');
  return await json(child.stdout);
}

/** Loses root's right to read everything, for the length of one call. */
async function asOrdinaryUser<Result>(work: () => Promise<Result>): Promise<Result> {
  if (process.geteuid?.() !== 0) return await work();
  process.seteuid?.(65534);
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
  }
}

describe('env:NAME', () => {
  test('gives the key in the variable', async () => {
    const loaded = await load(environmentReference(countingKey.text));
    expect(loaded).toMatchObject({ durability: 'volatile', warnings: [] });
    expect(loaded.key.checkValue).toBe(countingKey.checkValue);
  });
  test('says that the variable is not set', async () => {
    const error = await loadError('env:KEYTURN_TEST_UNSET');
    expect(error).toMatchObject({ code: 'KT_KEY_MISSING', exitCode: 12 });
    expect(error.message).toBe(
      'old key (env:KEYTURN_TEST_UNSET): environment variable "KEYTURN_TEST_UNSET" is not set',
    );
    expect(error.hints[0]).toBe('export KEYTURN_TEST_UNSET="$(cat PATH)"');
  });
  test('says that the variable is empty', async () => {
    const error = await loadError(environmentReference(''));
    expect(error).toMatchObject({ code: 'KT_KEY_MISSING', exitCode: 12 });
    expect(error.message).toContain('is set but empty');
  });
});

describe('file:PATH', () => {
  test.each(['', '\n', '\r\n'])('gives the key in a file that ends in %j', async (end) => {
    const loaded = await load(`file:${temporaryFile('old.key', countingKey.text + end)}`);
    expect(loaded).toMatchObject({ durability: 'durable', warnings: [] });
    expect(loaded.key.id).toBe(countingId);
  });
  test('gives the key in a file of raw bytes or hexadecimal digits', async () => {
    const raw = await load(`file:${temporaryFile('old.key', countingKey.bytes)}?enc=raw`);
    const hexadecimal = await load(
      `file:${temporaryFile('old.key', `${countingKey.hexadecimal}\n`)}?enc=hex`,
    );
    expect([raw.key.id, hexadecimal.key.id]).toEqual([countingId, countingId]);
  });
  test('warns of other white space around the key', async () => {
    const { warnings } = await load(`file:${temporaryFile('old.key', ` ${countingKey.text}\n\n`)}`);
    expect(warnings.join()).toMatch(/^old key \(file:.*\): the white space around the key was ignored$/);
  });
  test('says that there is no such file', async () => {
    const error = await loadError(`file:${temporaryFolder()}/old.key`);
    expect(error).toMatchObject({ code: 'KT_KEY_MISSING', exitCode: 12 });
    expect(error.message).toMatch(/old\.key" does not exist$/);
  });
  test('says that the path is a folder', async () => {
    const error = await loadError(`file:${temporaryFolder()}`);
    expect(error).toMatchObject({ code: 'KT_KEY_MISSING', exitCode: 12 });
    expect(error.message).toMatch(/is a folder, not a key file$/);
  });
  test('says that the file is empty', async () => {
    const error = await loadError(`file:${temporaryFile('old.key', '')}`);
    expect(error).toMatchObject({ code: 'KT_KEY_MISSING', exitCode: 12 });
    expect(error.message).toMatch(/old\.key" is empty$/);
  });
  test('says that the file may not be read', async () => {
    const path = temporaryFile('old.key', countingKey.text);
    chmodSync(path, 0o000);
    const error = await asOrdinaryUser(() => loadError(`file:${path}`));
    expect(error).toMatchObject({ code: 'KT_KEY_UNREADABLE', exitCode: 12 });
    expect(error.message).toMatch(/no permission to read file/);
  });
  test('refuses a file that is too large for a key', async () => {
    const error = await loadError(`file:${temporaryFile('fleet.db', Buffer.alloc(1024 * 1024 + 1, 'k'))}`);
    expect(error.message).toMatch(/is larger than 1 MiB: this is not a key$/);
  });
  test.each([0o644, 0o602, 0o604])('refuses a file that everyone can reach (mode %o)', async (mode) => {
    const path = temporaryFile('old key', countingKey.text);
    chmodSync(path, mode);
    const error = await loadError(`file:${path}`);
    expect(error).toMatchObject({ code: 'KT_KEY_EXPOSED', exitCode: 2 });
    expect(error.message).toContain(`(mode 0${mode.toString(8)})`);
    expect(error.hints[0]).toBe(`chmod 600 '${path}'`);
  });
  test('refuses a configuration file that everyone can read', async () => {
    const path = temporaryFile('config.yaml', `key: ${countingKey.text}`);
    chmodSync(path, 0o644);
    const fieldError = await loadError(`file:${path}#key`);
    expect(fieldError).toMatchObject({ code: 'KT_KEY_EXPOSED' });
    // A descriptor has no fields: the hint for a whole file would have given the whole configuration as the key.
    expect(fieldError.hints.join()).not.toContain('fd:');
  });
  test('warns of a file that its group can read', async () => {
    const path = temporaryFile('old.key', countingKey.text);
    chmodSync(path, 0o640);
    const { warnings } = await load(`file:${path}`);
    expect(warnings).toEqual([
      `old key (file:${path}): the group of file "${path}" can read or change it (mode 0640): chmod 600 ${path}`,
    ]);
  });
});

describe('cmd:[argv]', () => {
  test('hands arguments over as they are: no shell expands them', async () => {
    const path = temporaryFile('$(id) *.key', countingKey.text);
    expect((await load(`cmd:${JSON.stringify(['cat', path])}`)).key.id).toBe(countingId);
  });
  test('refuses a program that makes another key each time', async () => {
    const error = await loadError('cmd:["openssl","rand","-base64","32"]');
    expect(error).toMatchObject({ code: 'KT_KEY_INVALID', exitCode: 12 });
    expect(error.message).toContain('printed something else when it was run again');
  });
  test.each([
    ['["sh","-c","exit 3"]', 'program "sh" ended with exit code 3'],
    ['["sh","-c","kill -9 $$"]', 'program "sh" ended with SIGKILL'],
    ['["true"]', 'program "true" printed nothing'],
    ['["keyturn-no-such-program"]', 'program "keyturn-no-such-program" cannot be started (ENOENT)'],
  ])('%s: %s', async (vector, message) => {
    const error = await loadError(`cmd:${vector}`);
    expect(error).toMatchObject({ code: 'KT_KEY_MISSING', exitCode: 12 });
    expect(error.message).toMatch(new RegExp(`: ${message.replaceAll(/[()]/g, '.')}$`));
  });
  test('kills a program that takes too long, and waits for none of its children', async () => {
    const impatient = createCommandSource(300);
    const origin = impatient.locate('["sh","-c","sleep 60 & wait"]');
    await expect(origin.read('old')).rejects.toThrow('did not end within 0.3 s');
  });
});

describe('a literal key', () => {
  test('works, with a warning that names the safer forms', async () => {
    const loaded = await load(countingKey.text);
    expect(loaded.key.id).toBe(countingId);
    expect(loaded.warnings.join()).toMatch(/shell's history.*process lists.*npx or sudo/);
    expect(loaded.warnings.join()).toContain('--old-key file:PATH or --old-key env:OLD_KEY');
  });
  test('that is not a key may have been meant as a path or a name', async () => {
    const { hints } = await loadError('OLD_KEY');
    expect(hints).toContain(
      'if it is a file write file:PATH, if it is an environment variable write env:NAME',
    );
  });
});

describe('descriptors and standard input', () => {
  test('fd:N reads an inherited pipe', async () => {
    expect(await loadInProcess(['fd:3'], { 3: `${countingKey.text}\n` })).toEqual({ ids: [countingId] });
  });
  test('fd:N reads an inherited file', async () => {
    const file = openSync(temporaryFile('old.key', countingKey.text), 'r');
    const result = await runLoader(['fd:3'], { stdio: ['ignore', 'pipe', 'inherit', file], inputs: {} });
    closeSync(file);
    expect(result).toEqual({ ids: [countingId] });
  });
  test.each(['-', 'fd:0', 'file:/dev/stdin'])('%s reads standard input', async (reference) => {
    expect(await loadInProcess([reference], { 0: countingKey.text })).toEqual({ ids: [countingId] });
  });
  test('two keys come from two descriptors', async () => {
    const result = await loadInProcess(['fd:4', '-'], { 0: randomKeyText.standard, 4: countingKey.text });
    expect(result).toEqual({ ids: [countingId, expect.not.stringContaining(countingId)] });
  });
  test.each([
    ['-', '-'],
    ['-', 'fd:0'],
    ['fd:3', 'file:/dev/fd/3'],
  ])('two keys cannot come from %s and %s', async (oldReference, newReference) => {
    const result = await loadInProcess([oldReference, newReference], {});
    expect(result).toMatchObject({ code: 'KT_KEY_STREAM_SHARED', exitCode: 2 });
  });
  test.each([
    ['-', 0, 'old key (standard input): standard input ended before a key arrived'],
    ['fd:3', 3, 'old key (fd:3): descriptor 3 ended before a key arrived'],
  ])('%s says that nothing arrived', async (reference, descriptor, message) => {
    const result = await loadInProcess([reference], { [descriptor]: '' });
    expect(result).toMatchObject({ message, code: 'KT_KEY_MISSING', exitCode: 12 });
  });
  test('a descriptor that was not handed over is not read, even where Node has put its own there', async () => {
    const descriptors = Array.from({ length: 12 }, (_, index) => index + 5);
    const results = await Promise.all(descriptors.map((one) => loadInProcess([`fd:${one}`], {})));
    for (const result of results) expect(result).toMatchObject({ code: 'KT_KEY_MISSING', exitCode: 12 });
  });
});

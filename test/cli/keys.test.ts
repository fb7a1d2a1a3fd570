import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { exitCodes } from '../../src/lib/model/exit-codes.ts';

const bin = fileURLToPath(new URL('../../bin/run.js', import.meta.url));
const keyText = /^[\w-]{43}=$/;

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keyturn-cli-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
});

interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Types a command in an empty folder. */
function keyturn(words: readonly string[], input = '', environment: NodeJS.ProcessEnv = {}): Finished {
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...words], {
    cwd: folder,
    input,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...environment },
  });
  return { code: status, stdout, stderr };
}

/** What a command printed, with what differs from run to run replaced. */
function transcript(text: string): string {
  return text
    .replaceAll(folder, 'FOLDER')
    .replaceAll(/\b[0-9a-f]{64}\b/g, 'CHECK')
    .replaceAll(/\b[0-9a-f]{8}\b/g, 'KEYID');
}

describe('keys generate', () => {
  test('writes a key that only its owner can read, and tells what to type next', () => {
    const { code, stdout, stderr } = keyturn([
      'keys',
      'generate',
      '--format',
      'fernet',
      '--output',
      'file:new.key',
    ]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(transcript(stdout)).toBe(`Created key KEYID in file:FOLDER/new.key, readable by its owner alone.
Next: keep a copy of the file in a safe place, then
  keyturn rotate --database sqlite:PATH --old-key REF --new-key file:FOLDER/new.key
  keyturn encrypt --database sqlite:PATH --column TABLE.COLUMN --key file:FOLDER/new.key
`);
    const path = join(folder, 'new.key');
    const key = readFileSync(path, 'utf8');
    expect(key).toMatch(keyText);
    expect(stdout).not.toContain(key);
    if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test('prints the key alone on stdout without --output, and the advice on stderr', () => {
    const { code, stdout, stderr } = keyturn(['keys', 'generate']);
    expect(code).toBe(0);
    expect(stdout.trimEnd()).toMatch(keyText);
    expect(stderr).toMatch(/^Key [0-9a-f]{8} is stored nowhere: .*\nNext: /);
    expect(stderr).not.toContain(stdout.trimEnd());
    expect(keyturn(['keys', 'inspect', '-', '--json'], stdout).code, 'what it prints is a key').toBe(0);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('gives the same as JSON: the reference, or the key where it was stored nowhere', () => {
    const stored: unknown = JSON.parse(keyturn(['keys', 'generate', '-o', 'new.key', '--json']).stdout);
    expect(stored).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{8}$/) as unknown,
      format: 'fernet',
      reference: `file:${join(folder, 'new.key')}`,
      next: [
        expect.stringContaining('--new-key file:') as unknown,
        expect.stringContaining('keyturn encrypt') as unknown,
      ],
    });
    const revealed: unknown = JSON.parse(keyturn(['keys', 'generate', '--json', '-q']).stdout);
    expect(revealed).toMatchObject({ reference: null, key: expect.stringMatching(keyText) as unknown });
  });

  test('never overwrites a file', () => {
    keyturn(['keys', 'generate', '-o', 'new.key']);
    const before = readFileSync(join(folder, 'new.key'));
    const { code, stderr } = keyturn(['keys', 'generate', '-o', 'new.key']);
    expect(code).toBe(2);
    expect(stderr).toContain('Code: KT_KEY_FILE_EXISTS\n');
    expect(readFileSync(join(folder, 'new.key'))).toEqual(before);
  });
});

describe('keys inspect', () => {
  test('says of a derived key from which it is derived, and how', () => {
    keyturn(['keys', 'generate', '--output', 'file:master.key']);
    const derivation = 'hkdf-sha256:info=data_key_users';
    const master = JSON.parse(keyturn(['keys', 'inspect', 'file:master.key', '--json']).stdout) as {
      readonly id: string;
    };
    const { code, stdout } = keyturn(['keys', 'inspect', `file:master.key?derive=${derivation}`]);
    expect(code).toBe(0);
    expect(stdout).toContain(`from key ${master.id} by ${derivation}`);
    const json = keyturn(['keys', 'inspect', `file:master.key?derive=${derivation}`, '--json']).stdout;
    expect(JSON.parse(json)).toMatchObject({ derived: { from: master.id, steps: [derivation] } });
    expect((JSON.parse(json) as { readonly id: string }).id).not.toBe(master.id);
  });

  test.each(['md5:info=a', 'hkdf-sha256:salt=a', 'hkdf-sha256:info=hex:0', 'hkdf-sha256:info=a,info=b', ''])(
    'refuses a derivation it does not know: %s',
    (derivation) => {
      const { code, stdout } = keyturn(['keys', 'inspect', `env:X?derive=${derivation}`, '--json']);
      expect(code).toBe(2);
      expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'KT_KEY_REFERENCE' } });
    },
  );

  test('says what a key is and never the key', () => {
    keyturn(['keys', 'generate', '-o', 'new.key']);
    const { code, stdout, stderr } = keyturn(['keys', 'inspect', 'file:new.key']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(transcript(stdout)).toBe(`key          KEYID
check value  CHECK
format       fernet
from         file:new.key
durability   durable: keyturn can read it again
Next: keyturn rotate --database sqlite:PATH --old-key REF --new-key file:new.key
`);
    expect(stdout).not.toContain(readFileSync(join(folder, 'new.key'), 'utf8'));
  });

  test('warns of a key that was typed, and does not repeat it', () => {
    const key = keyturn(['keys', 'generate', '-q']).stdout.trimEnd();
    const { code, stdout, stderr } = keyturn(['keys', 'inspect', '--', key]);
    expect(code).toBe(0);
    expect(stderr).toMatch(/^Warning: the key was typed on the command line/);
    expect(stdout + stderr).not.toContain(key);
  });

  test.each([
    [
      'a token',
      'gAAAAABhk1J2K3mN5pQ7rS8tU9vW0xY1zA2bC3dE4fF5gG6hH7iI8jJ9kK0lL1mM2nN3oO4pP5q=',
      'a Fernet token',
    ],
    ['a password', 'correct horse', 'white space'],
    ['nothing', '', 'is set but empty'],
  ])('diagnoses %s with exit 12', (_, material, diagnosis) => {
    const { code, stdout, stderr } = keyturn(['keys', 'inspect', 'env:OLD_KEY'], '', { OLD_KEY: material });
    expect({ code, stdout }).toEqual({ code: 12, stdout: '' });
    expect(stderr).toContain(diagnosis);
    if (material !== '') expect(stderr).not.toContain(material);
  });

  test('gives errors as JSON with the same exit code', () => {
    const { code, stdout, stderr } = keyturn(['keys', 'inspect', 'env:OLD_KEY', '--json']);
    expect({ code, stderr }).toEqual({ code: 12, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({
      error: { code: 'KT_KEY_MISSING', exitCode: 12, reference: null },
    });
  });
});

describe('help', () => {
  test.each(['generate', 'inspect'])('of keys %s shows examples first and every exit code', (name) => {
    const { code, stdout } = keyturn(['keys', name, '--help']);
    expect(code).toBe(0);
    const headers = stdout.match(/^[A-Z][A-Z ]+$/gm);
    expect(headers?.[0]).toBe('EXAMPLES');
    expect(headers?.at(-1)).toBe('EXIT CODES');
    const listed = stdout.slice(stdout.indexOf('EXIT CODES')).match(/^ {2}\d+/gm);
    expect(listed?.map(Number)).toEqual(Object.values(exitCodes));
  });

  test('knows the flag that was meant', () => {
    const { code, stderr } = keyturn(['keys', 'generate', '--outptu', 'file:new.key']);
    expect(code).toBe(2);
    expect(stderr).toBe(`Error: unknown flag "--outptu"
Code: KT_USAGE
Try this: did you mean --output?
Try this: keyturn keys generate --help
`);
  });
});

describe('keys compare', () => {
  test('says same or different, whatever the keys are written in, and shows neither', () => {
    keyturn(['keys', 'generate', '-o', 'a.key']);
    keyturn(['keys', 'generate', '-o', 'b.key']);
    const text = readFileSync(join(folder, 'a.key'), 'utf8');
    const hexadecimal = Buffer.from(text, 'base64').toString('hex');
    const same = keyturn(['keys', 'compare', 'file:a.key', 'env:HEX?enc=hex'], '', { HEX: hexadecimal });
    expect(same.code).toBe(0);
    expect(transcript(same.stdout)).toBe(`keys      same
KEYID  file:a.key
KEYID  env:HEX?enc=hex
Next: keyturn keys inspect REF
`);
    const different = keyturn(['keys', 'compare', 'file:a.key', 'file:b.key', '--json']);
    expect(different.code).toBe(exitCodes.wrongKey);
    expect(JSON.parse(different.stdout)).toMatchObject({ outcome: 'different' });
    expect(same.stdout + same.stderr + different.stdout + different.stderr).not.toContain(text.slice(0, 8));
  });

  test('--expect different turns the exit codes round', () => {
    keyturn(['keys', 'generate', '-o', 'a.key']);
    keyturn(['keys', 'generate', '-o', 'b.key']);
    const wish = ['keys', 'compare', '--expect', 'different', 'file:a.key'];
    expect(keyturn([...wish, 'file:b.key']).code).toBe(0);
    expect(keyturn([...wish, 'file:a.key']).code).toBe(exitCodes.wrongKey);
  });

  test('a key that is missing is exit 12 with an error, not a comparison', () => {
    const { code, stdout } = keyturn(['keys', 'compare', 'env:NONE', 'file:a.key', '--json']);
    expect(code).toBe(exitCodes.wrongKey);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'KT_KEY_MISSING' } });
  });
});

test('what a program says on standard error is never shown: it may hold secrets', () => {
  const { stdout, stderr } = keyturn([
    'keys',
    'inspect',
    'cmd:["sh","-c","echo canary >&2; exit 1"]',
    '--debug',
  ]);
  expect(stdout + stderr).toContain('exit code 1');
  expect(stdout + stderr).not.toContain('canary');
});

import { execFileSync, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { runProbe } from './run-probe.ts';

const probe = fileURLToPath(new URL('probe.ts', import.meta.url));
const maximumSigned = '9223372036854775808';

describe('a command that succeeds', () => {
  test('prints its text to stdout and notes to stderr', async () => {
    expect(await runProbe(['fine'])).toEqual({ code: 0, stdout: 'mode fine\n', stderr: 'a note\n' });
  });

  test('prints its value with --json, and nothing else on stdout', async () => {
    const { code, stdout } = await runProbe(['fine', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      mode: 'fine',
      rows: maximumSigned,
      path: 'sqlite:fleet.db',
      tables: [],
    });
    expect(stdout.split('\n').length, 'for people too').toBeGreaterThan(4);
  });

  test('says less with --quiet and more with --verbose', async () => {
    expect((await runProbe(['fine', '--quiet'])).stderr).toBe('');
    expect((await runProbe(['fine', '-v'])).stderr).toMatch(
      /^a note\na detail\nkeyturn \S+ on Node\.js v\S+, \S+ \S+: took \S+ m?s\n$/,
    );
  });

  test.each([[], ['--json']])('can return a value and an exit code %j', async (...flags) => {
    const { code, stdout } = await runProbe(['quarantined', ...flags]);
    expect(code).toBe(3);
    expect(stdout).toContain('quarantined');
  });

  test('takes repeated flags without swallowing the argument behind them', async () => {
    const { stdout } = await runProbe(['--table', 'a', '--table', 'b', 'fine', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ mode: 'fine', tables: ['a', 'b'] });
  });
});

describe('the database', () => {
  test.each([
    [{ KEYTURN_DATABASE: 'one.db', DATABASE_URL: 'two.db' }, [], 'one.db'],
    [{ KEYTURN_DATABASE: '', DATABASE_URL: 'sqlite:two.db' }, [], 'two.db'],
    [{ KEYTURN_DATABASE: 'one.db' }, ['--database', 'sqlite:///three.db'], '/three.db'],
  ])('comes from the flag, else KEYTURN_DATABASE, else DATABASE_URL', async (environment, words, path) => {
    const { stdout } = await runProbe(['fine', '--json', ...words], { environment });
    expect(JSON.parse(stdout)).toMatchObject({ path: `sqlite:${path}` });
  });

  test('is asked for where nothing names it', async () => {
    const { code, stderr } = await runProbe(['fine'], { environment: { KEYTURN_DATABASE: '' } });
    expect(code).toBe(2);
    expect(stderr).toBe(`Error: missing flag --database
Code: KT_USAGE
Try this: write --database, or set the environment variable KEYTURN_DATABASE
Try this: keyturn probe --help
`);
  });

  test.each([
    ['--database', 'mysql://me:s3cret@host/db', {}],
    ['--yes', '--yes', { KEYTURN_DATABASE: '', DATABASE_URL: 'mysql://me:s3cret@host/db' }],
  ])('shows no password of a URL it cannot use (%s)', async (flag, value, environment) => {
    const { code, stdout, stderr } = await runProbe(['fine', flag, value, '--json'], { environment });
    expect(code).toBe(2);
    expect(stdout).toContain('are not supported');
    expect(stdout + stderr).not.toContain('s3cret');
  });
});

describe('an error', () => {
  test('is told in one shape, with hints, and cannot write to the terminal', async () => {
    expect(await runProbe(['refuse', '-q'])).toEqual({
      code: 12,
      stdout: '',
      stderr: `Error: the old key "1a2b3c4d" opens nothing in "ev\\u{1b}[31mil"
Code: KT_WRONG_KEY
Try this: keyturn keys inspect REF
Try this: look elsewhere
Reference: docs/keys.md
`,
    });
  });

  test('is JSON on stdout with --json, with the same exit code', async () => {
    const { code, stdout, stderr } = await runProbe(['refuse', '--json', '-q']);
    expect({ code, stderr }).toEqual({ code: 12, stderr: '' });
    expect(JSON.parse(stdout)).toEqual({
      error: {
        code: 'KT_WRONG_KEY',
        exitCode: 12,
        message: 'the old key "1a2b3c4d" opens nothing in "ev\u001b[31mil"',
        hints: ['keyturn keys inspect REF', 'look elsewhere'],
        reference: 'docs/keys.md',
      },
    });
  });

  test('has colours where they are asked for', async () => {
    const environment = { FORCE_COLOR: '1' };
    expect((await runProbe(['refuse'], { environment })).stderr).toContain('\u001b[31mError:');
    expect((await runProbe(['refuse', '--no-color'], { environment })).stderr).not.toContain('\u001b');
  });

  test('shows its stack and its cause with --debug alone', async () => {
    const { stderr } = await runProbe(['refuse', '--debug']);
    expect(stderr).toMatch(/^ {4}at .*probe\.ts/m);
    expect(stderr).toContain('Caused by: Error: the cause');
    expect((await runProbe(['refuse'])).stderr).not.toMatch(/^ {4}at /m);
  });

  test.each([
    ['crash', 'unexpected error (TypeError)'],
    ['crashWithCode', 'unexpected error (Error ENOSPC)'],
    ['crashLater', 'unexpected error (RangeError)'],
    ['throwText', 'unexpected error (string)'],
  ])('that nobody foresaw (%s) is told without its message', async (mode, message) => {
    for (const flags of [[], ['--json']]) {
      const { code, stdout, stderr } = await runProbe([mode, ...flags]);
      expect(code).toBe(1);
      expect(stdout + stderr).toContain(message);
      expect(stdout + stderr).toContain('KT_UNEXPECTED');
      expect(stdout + stderr).not.toContain('value-of-a-cell');
    }
    if (mode.startsWith('crash')) {
      expect((await runProbe([mode, '--debug'])).stderr).toContain('value-of-a-cell');
    }
  });

  test('is what an event loop that runs empty ends with', async () => {
    expect((await runProbe(['stall'])).code).not.toBe(0);
  });
});

describe('a command line that cannot be understood', () => {
  test.each([
    {
      words: ['fine', '--databse', 'x'],
      message: 'unknown flag "--databse"',
      hint: 'did you mean --database?',
    },
    { words: ['fine', '--jsn'], message: 'unknown flag "--jsn"', hint: 'did you mean --json?' },
    {
      words: ['fine', '--old=SECRET', '-KSECRET'],
      message: 'unknown flag "--old" (one is not repeated here, it may',
    },
    { words: [], message: 'missing argument MODE' },
    { words: ['fine', 'two', 'three'], message: 'unexpected argument "three"' },
    { words: ['fine', 'two', 'SECRET'], message: 'unexpected argument' },
    {
      words: ['fine', '--progress', 'SECRET'],
      message: '--progress must be one of: auto, bar, plain, json, none',
    },
    { words: ['fine', '--progress'], message: '--progress must be one of: auto, bar, plain, json, none' },
    { words: ['fine', '--table'], message: '--table expects a value' },
    { words: ['fine', '-q', '-v'], message: '--verbose cannot also be provided when using --quiet' },
    {
      words: ['fine', '--database', 'x', '--database', 'y'],
      message: '--database can only be specified once',
    },
  ])('$words: exit 2 and what to type, but nothing that may be a key', async ({ words, message, hint }) => {
    const { code, stdout, stderr } = await runProbe(words);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    const lines = stderr.trimEnd().split('\n');
    expect(lines[0]).toContain(`Error: ${message}`);
    expect(lines[1]).toBe('Code: KT_USAGE');
    if (hint !== undefined) expect(lines).toContain(`Try this: ${hint}`);
    expect(lines.at(-1)).toBe('Try this: keyturn probe --help');
    expect(stderr).not.toContain('SECRET');
  });

  test('is JSON too with --json', async () => {
    const { code, stdout } = await runProbe(['fine', '--databse', 'x', '--json']);
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'KT_USAGE', exitCode: 2, reference: null } });
  });
});

test('an argument that is missing is not read from stdin, where a key may be', async () => {
  const { code, stderr } = await runProbe([], { input: 'fine\n' });
  expect(code).toBe(2);
  expect(stderr).toContain('missing argument MODE');
});

test('SIGUSR2 prints one line of status', async () => {
  const { code, stderr } = await runProbe(['progress', '--progress', 'none', '-q']);
  expect(code).toBe(0);
  expect(stderr).toBe(
    process.platform === 'win32' ? '' : 'execute: table "machines": 5 of about 10 rows (50%)\n',
  );
});

test.runIf(process.platform !== 'win32')('a reader that goes away ends nothing', () => {
  const environment = { ...process.env, KEYTURN_DATABASE: 'fleet.db', PROBE: probe, NODE: process.execPath };
  const shell = (line: string): string =>
    execFileSync('bash', ['-c', line], { env: environment, encoding: 'utf8' }).trim();
  expect(shell('"$NODE" "$PROBE" quarantined --json | true; echo ${PIPESTATUS[0]}')).toBe('3');
  expect(
    shell(
      '{ "$NODE" "$PROBE" progress --progress json 2>&1 >&3 | true; echo ${PIPESTATUS[0]}; } 3>/dev/null',
    ),
  ).toBe('0');
});

// A run that had printed its plan was ended in the middle, as an unexpected error.
test.runIf(process.platform === 'linux')(
  'a result that cannot be written ends nothing, and is no success',
  () => {
    const environment = {
      ...process.env,
      KEYTURN_DATABASE: 'fleet.db',
      PROBE: probe,
      NODE: process.execPath,
    };
    const run = (mode: string): { readonly status: number | null; readonly stderr: string } =>
      spawnSync('bash', ['-c', `"$NODE" "$PROBE" ${mode} >/dev/full`], {
        env: environment,
        encoding: 'utf8',
      });
    const lost =
      /Error: the result cannot be written to standard output \(ENOSPC\).*\nCode: KT_RESULT_LOST\n/mu;
    expect(run('fine -q')).toMatchObject({ status: 78, stderr: expect.stringMatching(lost) as string });
    expect(run('work')).toMatchObject({
      status: 78,
      stderr: expect.stringContaining('worked on\nError:') as string,
    });
    expect(run('quarantined')).toMatchObject({ status: 3, stderr: expect.stringMatching(lost) as string });
    // The error stood in the result alone.
    const refused = run('refuse --json -q');
    expect(refused).toMatchObject({ status: 12, stderr: expect.stringMatching(lost) as string });
    expect(refused.stderr).toMatch(
      /^Error: the old key "1a2b3c4d" opens nothing in .*\nCode: KT_WRONG_KEY\n/u,
    );
  },
);

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { runProbe } from './run-probe.ts';

test('--yes answers every question', async () => {
  expect(await runProbe(['ask', '--yes', '-q'])).toEqual({ code: 0, stdout: 'mode ask\n', stderr: '' });
});

test.each([{ flags: [] }, { flags: ['--json'] }])(
  'without a terminal nobody is asked: $flags',
  async ({ flags }) => {
    const { code, stdout, stderr } = await runProbe(['ask', '-q', ...flags], { input: 'y\ny\n' });
    expect(code).toBe(5);
    expect(stdout + stderr).toContain('KT_CONFIRMATION_NEEDED');
    expect(stdout + stderr).toContain(
      'nobody can be asked here: is the key stored elsewhere? rewrite 3 rows?',
    );
    expect(stdout + stderr).toContain('run the same command again with --yes');
    // Of "cancel" and "guard" it was advised, and they have none.
    expect(stdout + stderr, 'this one has no rehearsal').not.toContain('--dry-run');
  },
);

/** Types `keys`, each as soon as a question is asked; undefined ends the input. */
async function typeAnswers(
  keys: readonly (string | undefined)[],
): Promise<{ stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [fileURLToPath(new URL('ask.ts', import.meta.url))]);
  onTestFinished(() => {
    child.kill();
  });
  const written = { stdout: '', stderr: '' };
  let asked = 0;
  child.stdout.setEncoding('utf8').on('data', (text: string) => (written.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    written.stderr += text;
    const questions = written.stderr.split('(y/N)').length - 1;
    if (questions <= asked || asked >= keys.length) return;
    const key = keys[asked];
    asked = questions;
    if (key === undefined) child.stdin.end();
    else child.stdin.write(key);
  });
  await once(child, 'close');
  return written;
}

test.each([
  { keys: ['y\r', 'y\r'], outcome: 'confirmed; 0 listeners for signals are left' },
  { keys: ['y\r', 'n\r'], outcome: 'KT_DECLINED 4' },
  { keys: ['\r'], outcome: 'KT_DECLINED 4' },
  { keys: ['\u0003'], outcome: 'KT_INTERRUPTED 130' },
  { keys: ['\u0004'], outcome: 'KT_INTERRUPTED 130' },
  { keys: [undefined], outcome: 'KT_INTERRUPTED 130' },
])('answering with $keys ends with $outcome', async ({ keys, outcome }) => {
  const { stdout, stderr } = await typeAnswers(keys);
  expect(stdout).toBe(`${outcome}\n`);
  expect(stderr).toContain(String.raw`is the key \u{1b}[31mstored?`);
});

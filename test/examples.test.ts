import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const demo = fileURLToPath(new URL('../examples/fleet-server/demo.ts', import.meta.url));

test('the demo takes a fleet database through a killed rotation and back, and leaves nothing behind', async () => {
  const child = spawn(process.execPath, [demo], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const [code] = (await once(child, 'close')) as [number | null];
  expect({ code, errors }).toEqual({ code: 0, errors: '' });

  for (const sentence of [
    'Created key ',
    'agent_db_keys.key_encrypted',
    'export_logs.data_encrypted',
    'Until here the database file is byte for byte what it was.',
    /interrupted: its process is gone, nothing is lost, and it can go on/,
    /nothing is lost and nothing is encrypted twice/,
    /Verified: 39,\d\d\d cells open under key [0-9a-f]{8}, none under the old one\./,
    'Nothing to do: everything is already under key ',
    /All 39,\d\d\d cells are under the old key again, with the content they began with\./,
    'All of it was as promised',
  ]) {
    expect(output).toMatch(sentence);
  }
  // The time of a killed run was once lost, and a run that nobody works on was given a rate.
  const status = /state {9}interrupted[^]*?Next:/.exec(output)?.[0] ?? '';
  expect(status).toMatch(/running time {2}[\d.]+ (?:s|ms)/);
  expect(status).not.toMatch(/ 0 ms|rows\/s| left\b/);
  const folder = /^The files were in (\S+) and are removed/m.exec(output)?.[1];
  expect(folder !== undefined && existsSync(folder)).toBe(false);
});

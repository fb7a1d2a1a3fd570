import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, inject, test } from 'vitest';
import type { RunResult } from '../../src/lib/cli/results/run-result.ts';
import type { StatusResult } from '../../src/lib/cli/results/status-result.ts';
import type { KeyturnResult } from '../support/run-keyturn.ts';
import {
  commandsOf,
  createPeople,
  createVictim,
  expectUnharmed,
  type PeopleVictim,
} from './people-victim.ts';

const listener = pathToFileURL(join(import.meta.dirname, '../support/kill-at-step.js')).href;
const quiet = ['--yes', '--json', '--progress', 'none', '--no-backup'] as const;
const [encrypt, , rollback] = commandsOf['into a new column'];

/** A command that has to come to its end, as it is typed. */
async function done(victim: PeopleVictim, [command, ...words]: readonly string[]): Promise<RunResult> {
  const { code, stdout, stderr } = await victim.run({}, command ?? '', ...words, ...quiet);
  expect(code, stdout + stderr).toBe(0);
  return JSON.parse(stdout) as RunResult;
}

function killed(victim: PeopleVictim, step: string, command: readonly string[]): Promise<KeyturnResult> {
  const env = { NODE_OPTIONS: `--import=${listener}`, KEYTURN_TEST_KILL_AT: step };
  const [name = '', ...words] = command;
  return victim.run({ env }, name, ...words, ...quiet);
}

async function expectKilled(victim: PeopleVictim, step: string, command: readonly string[]): Promise<void> {
  expect((await killed(victim, step, command)).signal, step).toBe('SIGKILL');
}

async function statusOf(victim: PeopleVictim): Promise<StatusResult> {
  return JSON.parse((await victim.run({}, 'status', '--json')).stdout) as StatusResult;
}

describe.each(['SQLite', 'PostgreSQL'] as const)('a finalize that was killed on %s', (database) => {
  const way = () => ({
    destination: 'into a new column' as const,
    serverUrl: database === 'SQLite' ? undefined : inject('postgresUrl'),
  });

  test('is gone on with by whatever comes next: no column stays closed that nobody finalizes', async () => {
    const truth = createPeople(60);
    const victim = await createVictim(way(), truth);
    await done(victim, encrypt ?? []);

    // Killed before the column is closed, nothing has begun.
    const finalize = ['finalize', '--confirm', 'people.email', '--contract', 'drop'];
    await expectKilled(victim, 'census finished:1', finalize);
    expect(await done(victim, ['execute'])).toMatchObject({ state: 'ready' });
    await victim.write(3, 'still@open.org');
    truth[3] = 'still@open.org';

    await expectKilled(victim, 'sources frozen:1', finalize);
    await expect(victim.write(3, 'too@late.org')).rejects.toThrow('email_encrypted');
    await expectKilled(victim, 'pass begun:1', ['execute']);
    const status = await statusOf(victim);
    expect(status.state).toBe('interrupted');
    expect(status.next[0]).toMatch(/^keyturn finalize /u);
    await expectUnharmed(victim, truth, way());

    // By its own name or not: what was confirmed is what becomes of the column.
    expect(await done(victim, ['execute'])).toMatchObject({ state: 'succeeded' });
    await expect(victim.write(3, 'gone@late.org')).rejects.toThrow('email');
    expect((await victim.read()).every(({ email }) => email === null)).toBe(true);
    await done(victim, rollback ?? []);
    await expectUnharmed(victim, truth, way());
  });
});

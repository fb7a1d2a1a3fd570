import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunResult } from '../../../src/lib/cli/results/run-result.ts';
import { startPostgresServer, type PostgresServer } from '../../support/postgres/postgres-server.ts';
import {
  commandsOf,
  createPeople,
  createVictim,
  expectTakenBack,
  expectUnharmed,
  type EncryptionWay,
  type People,
  type PeopleVictim,
} from '../people-victim.ts';

const listener = pathToFileURL(join(import.meta.dirname, '../../support/kill-at-step.js')).href;
const folder = mkdtempSync(join(tmpdir(), 'keyturn-steps-'));
const quiet = ['--yes', '--progress', 'none', '--batch-rows', '25'] as const;

let server: PostgresServer;

beforeAll(async () => {
  server = await startPostgresServer({ writes: 'durable' });
});

afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

/** Runs each command of a way to its end, and counts the steps of each. */
async function countSteps(way: EncryptionWay): Promise<readonly Readonly<Record<string, number>>[]> {
  const victim = await createVictim(way, createPeople(120));
  const counts: Record<string, number>[] = [];
  for (const [command, ...words] of commandsOf[way.destination]) {
    const file = join(folder, 'counts.json');
    const env = { NODE_OPTIONS: `--import=${listener}`, KEYTURN_TEST_COUNT_STEPS: file };
    const { code, stderr } = await victim.run({ env }, command, ...words, ...quiet);
    expect(code, stderr).toBe(0);
    counts.push(JSON.parse(readFileSync(file, 'utf8')) as Record<string, number>);
  }
  return counts;
}

async function expectDone(victim: PeopleVictim, command: string, words: readonly string[]): Promise<void> {
  const { code, stdout, stderr } = await victim.run({}, command, ...words, ...quiet);
  // 17: it had come to its end when it was killed.
  expect(command === 'finalize' ? [0, 17] : [0], `${command}: ${stdout}${stderr}`).toContain(code);
}

/** A step of one command of a way, and which time it is reached. */
interface StepKill {
  readonly place: number;
  readonly step: string;
  readonly occurrence: number;
}

/** A finalize that was killed is gone on with by `execute` where it had closed the column; otherwise that is as open as before. */
async function goOnByAnotherName(victim: PeopleVictim, truth: People): Promise<void> {
  const { code, stdout, stderr } = await victim.run({}, 'execute', ...quiet, '--json');
  // 17: it had come to its end when it was killed.
  expect([0, 17], stdout + stderr).toContain(code);
  const isReady = code === 0 && (JSON.parse(stdout) as RunResult).state === 'ready';
  const writing = victim.write(7, 'late@example.org');
  if (!isReady) return expect(writing).rejects.toThrow('email_encrypted');
  await writing;
  truth[7] = 'late@example.org';
}

/** Goes all the way, and is killed once. */
async function goThere(way: EncryptionWay, { place, step, occurrence }: StepKill): Promise<void> {
  const truth = createPeople(120);
  const victim = await createVictim(way, truth);
  for (const [index, [command, ...words]] of commandsOf[way.destination].entries()) {
    if (index === place) {
      const at = `${step}:${String(occurrence)}`;
      const env = { NODE_OPTIONS: `--import=${listener}`, KEYTURN_TEST_KILL_AT: at };
      const { signal, stderr } = await victim.run({ env }, command, ...words, ...quiet);
      expect(signal, `${command} at ${at}: ${stderr}`).toBe('SIGKILL');
      await expectUnharmed(victim, truth, way);
      if (command === 'finalize') await goOnByAnotherName(victim, truth);
    }
    await expectDone(victim, command, words);
    await expectUnharmed(victim, truth, way);
  }
  await expectTakenBack(victim, truth);
}

describe.each(['SQLite', 'PostgreSQL'] as const)('an encryption with a blind index on %s', (database) => {
  it.each(['in place', 'into a new column'] as const)(
    'is killed half way through every step: %s',
    async (destination) => {
      const way = { destination, serverUrl: database === 'SQLite' ? undefined : server.url('DATABASE') };
      const kills = (await countSteps(way)).flatMap((counts, place) =>
        Object.entries(counts).map(([step, count]) => ({ place, step, occurrence: Math.ceil(count / 2) })),
      );
      expect(kills.length).toBeGreaterThan(20);
      for (const kill of kills) await goThere(way, kill);
    },
  );
});

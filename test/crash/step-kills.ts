import { readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { expect } from 'vitest';
import type { Step } from '../../src/lib/model/runs/step.ts';
import { readLedgerStates } from '../support/independent-check.ts';
import { runKeyturn, type KeyturnResult } from '../support/run-keyturn.ts';
import { journalModes, runAndKillAt, type JournalMode, type Stage } from './stage.ts';

/** A way to run: how SQLite keeps its transactions, and whether others may use the database meanwhile. */
export interface Way {
  readonly journalMode: JournalMode;
  readonly use: 'shared' | 'exclusive';
}

/** All of them. */
export const ways: readonly Way[] = journalModes.flatMap((journalMode) => [
  { journalMode, use: 'shared' },
  { journalMode, use: 'exclusive' },
]);

/** One after the other, again and again. */
export function wayNumber(index: number): Way {
  return ways[index % ways.length] ?? { journalMode: 'wal', use: 'shared' };
}

/** Kills of one migration: at these occurrences of a step, from 1, each counted in its own run. */
export interface StepKills {
  readonly step: Step;
  readonly occurrences: readonly number[];
}

/** A rotation in many small chunks. */
export function rotation(stage: Stage, path: string, use: Way['use'] = 'shared'): readonly string[] {
  return ['rotate', '--database', path, ...stage.keyFlags, ...smallChunks(use)];
}

/** The way back in many small chunks. */
export function rollback(path: string, use: Way['use'] = 'shared'): readonly string[] {
  return ['rollback', '--database', path, ...smallChunks(use)];
}

function smallChunks(use: Way['use']): readonly string[] {
  return ['--yes', '--batch-rows', '7', ...(use === 'exclusive' ? ['--exclusive'] : [])];
}

/** Kills a rotation at one occurrence of a step after the other; checks what is on disk after each, and at the end. */
export async function expectRotationToSurvive(stage: Stage, way: Way, kills: StepKills): Promise<void> {
  const path = stage.database(way.journalMode);
  const command = rotation(stage, path, way.use);
  await killAgainAndAgain(stage, path, { command, ...kills });
  expectDone(await runKeyturn(command));
  expectRotated(stage, path);
  const backups = filesBeside(path).filter((name) => !/-(wal|shm)$/u.test(name));
  expect(backups).toEqual([expect.stringMatching(/\.backup$/u)]);
  expect(stage.check(join(dirname(path), backups[0] ?? ''))).toMatchObject({ damages: [], underNew: 0 });
}

/** The same for a rollback. */
export async function expectRollbackToSurvive(stage: Stage, way: Way, kills: StepKills): Promise<void> {
  const path = await stage.rotatedDatabase(way.journalMode);
  const command = rollback(path, way.use);
  await killAgainAndAgain(stage, path, { command, ...kills });
  expectDone(await runKeyturn(command));
  expectRolledBack(stage, path);
}

async function killAgainAndAgain(
  stage: Stage,
  path: string,
  { command, step, occurrences }: StepKills & { readonly command: readonly string[] },
): Promise<void> {
  for (const occurrence of occurrences) {
    expectKilled(await runAndKillAt(command, { step, occurrence }));
    expect(stage.check(path).damages).toEqual([]);
  }
}

/** Three kills of one migration, each in the run that goes on where the last was killed. */
export function earlyHalfWayAndLate(count: number): readonly number[] {
  const almostHalf = Math.floor(0.4 * count);
  return count === 1 ? [1] : [1, almostHalf, almostHalf];
}

/** Everything is under the new key, and the ledger says that the one migration there is has succeeded. */
export function expectRotated(stage: Stage, path: string): void {
  expect(stage.check(path)).toEqual({ damages: [], underOld: 0, underNew: stage.tokens });
  expect(readLedgerStates(path)).toEqual(['succeeded']);
}

/** Everything is under the old key again, and nothing is unfinished. */
export function expectRolledBack(stage: Stage, path: string): void {
  expect(stage.check(path)).toEqual({ damages: [], underOld: stage.tokens, underNew: 0 });
  expect(new Set(readLedgerStates(path))).toEqual(new Set(['succeeded']));
}

/** The process was killed, not merely over. */
export function expectKilled({ signal, stderr }: KeyturnResult): void {
  expect(signal, stderr).toBe('SIGKILL');
}

/** The command did all it had to do. */
export function expectDone({ code, stderr }: KeyturnResult): void {
  expect(code, stderr).toBe(0);
}

/** Files whose names begin with the database's and go on with a dot. */
function filesBeside(path: string): readonly string[] {
  return readdirSync(dirname(path)).filter((name) => name.startsWith(`${basename(path)}.`));
}

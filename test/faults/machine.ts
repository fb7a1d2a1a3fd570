import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { expect } from 'vitest';
import { countSteps, runAndKillAt, type JournalMode, type Stage } from '../crash/stage.ts';
import {
  expectDone,
  expectKilled,
  expectRolledBack,
  expectRotated,
  rollback,
  rotation,
} from '../crash/step-kills.ts';
import { runKeyturn, type KeyturnOptions, type KeyturnResult } from '../support/run-keyturn.ts';
import type { FailingFiles } from './failing-calls.ts';

/** What the machine fails at: a rotation with its backup, going on with a killed one, taking one back. */
export const undertakings = ['rotation', 'resumption', 'rollback'] as const;
export type Undertaking = (typeof undertakings)[number];

/** A database at the point where the machine begins to fail, and the command that meets it. */
export interface Attempt extends FailingFiles {
  readonly undertaking: Undertaking;
  readonly command: readonly string[];
}

/** Prepares one on a copy of a database of the stage. */
type PrepareAttempt = (undertaking: Undertaking, journalMode: JournalMode) => Promise<Attempt>;

/** The rotation that is to be resumed is killed once in each journal mode; copies of what it left are cheap. */
export function createAttempts(stage: Stage): PrepareAttempt {
  const killed = new Map<JournalMode, Promise<string>>();
  let copies = 0;

  async function copyOfKilled(journalMode: JournalMode): Promise<string> {
    const original = killed.get(journalMode) ?? killHalfWay(stage, journalMode);
    killed.set(journalMode, original);
    const left = await original;
    copies += 1;
    const copy = join(stage.folder, `killed-${copies}.db`);
    for (const part of ['', '-wal', '-journal']) {
      if (existsSync(left + part)) copyFileSync(left + part, copy + part);
    }
    return copy;
  }

  async function databaseFor(undertaking: Undertaking, journalMode: JournalMode): Promise<string> {
    switch (undertaking) {
      case 'rotation':
        return stage.database(journalMode);
      case 'resumption':
        return copyOfKilled(journalMode);
      case 'rollback':
        return stage.rotatedDatabase(journalMode);
    }
  }

  return async (undertaking, journalMode) => {
    const database = await databaseFor(undertaking, journalMode);
    const backup = `${database}-backup/copy`;
    mkdirSync(dirname(backup));
    const command =
      undertaking === 'rollback'
        ? [...rollback(database, 'exclusive'), '--json']
        : [...rotation(stage, database, 'exclusive'), '--backup', backup, '--json'];
    return { undertaking, command, database, backup };
  };
}

/** A database whose rotation was killed in its first pass. */
async function killHalfWay(stage: Stage, journalMode: JournalMode): Promise<string> {
  const [sound, database] = [stage.database(journalMode), stage.database(journalMode)];
  const counts = await countSteps(
    rotation(stage, sound, 'exclusive'),
    join(stage.folder, `steps-${journalMode}.json`),
  );
  const occurrence = Math.round(partUntilKill * (counts['after commit'] ?? 0));
  expectKilled(
    await runAndKillAt(rotation(stage, database, 'exclusive'), { step: 'after commit', occurrence }),
  );
  return database;
}

/** How much of a rotation's transactions are done when it is killed: the sweep comes in the second half. */
const partUntilKill = 0.4;

/** Removes the files of an attempt that has come to its end. */
export function discard({ database }: Attempt): void {
  const folder = dirname(database);
  for (const name of readdirSync(folder)) {
    if (name.startsWith(basename(database))) rmSync(join(folder, name), { recursive: true });
  }
}

/** Runs the command while the machine fails as `options` say, and expects an error, if there is one, to say what to do. */
export async function expectToSurvive(
  stage: Stage,
  attempt: Attempt,
  options: KeyturnOptions,
): Promise<KeyturnResult> {
  const failed = await runKeyturn(attempt.command, options);
  expectExplained(failed);
  await expectToComplete(stage, attempt, failed);
  return failed;
}

/** Whatever came of it, nothing is lost or doubled; on a sound machine the same command comes to its end. */
export async function expectToComplete(stage: Stage, attempt: Attempt, failed: KeyturnResult): Promise<void> {
  expect(stage.check(attempt.database).damages).toEqual([]);
  if (failed.code === 0) expectEnd(stage, attempt);
  expectDone(await runKeyturn(attempt.command));
  expectEnd(stage, attempt);
}

function expectEnd(stage: Stage, { undertaking, database }: Attempt): void {
  if (undertaking === 'rollback') expectRolledBack(stage, database);
  else expectRotated(stage, database);
}

/** An error is one that keyturn knows, exits with the code for what may be better next time, and says what to do. */
function expectExplained({ code, signal, stdout, stderr }: KeyturnResult): void {
  if (code === 0) return;
  const said = `${signal ?? ''} ${stdout} ${stderr}`;
  expect([15, 75], said).toContain(code);
  const { error } = JSON.parse(stdout) as {
    readonly error: { readonly code: string; readonly hints: readonly string[] };
  };
  expect(error.code, said).not.toBe('KT_UNEXPECTED');
  expect(error.hints.length, said).toBeGreaterThan(0);
}

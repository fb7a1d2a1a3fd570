import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect } from 'vitest';
import { runAndKillAt, type JournalMode, type Stage } from '../crash/stage.ts';
import { expectDone, expectRolledBack, expectRotated, rollback, rotation } from '../crash/step-kills.ts';
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

/** Prepares one. */
export async function prepareAttempt(
  stage: Stage,
  undertaking: Undertaking,
  journalMode: JournalMode,
): Promise<Attempt> {
  const database =
    undertaking === 'rollback' ? await stage.rotatedDatabase(journalMode) : stage.database(journalMode);
  const backup = `${database}-backup/copy`;
  mkdirSync(dirname(backup));
  const command =
    undertaking === 'rollback'
      ? [...rollback(database, 'exclusive'), '--json']
      : [...rotation(stage, database, 'exclusive'), '--backup', backup, '--json'];
  if (undertaking === 'resumption') await runAndKillAt(command, { step: 'after commit', occurrence: 30 });
  return { undertaking, command, database, backup };
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

import type { TargetDatabase } from '../../databases/target-database.ts';
import { KeyturnError } from '../../model/keyturn-error.ts';
import type { MigrationRecord } from '../../model/migrations/migration-record.ts';
import { plainConclusion, type Conclusion } from '../../model/runs/conclusion.ts';
import type { Runner } from '../../model/runs/run-owner.ts';
import { reached } from '../../model/runs/step.ts';
import type { TriggerChoice } from '../../model/runs/trigger-choice.ts';
import { chooseMigration, type RunIntent } from './choose-migration.ts';
import { joinConclusion } from './joint-conclusion.ts';
import { refuseOtherTriggers, withTerms } from './joint-runs.ts';
import { locked, takeOverGone } from './living-runs.ts';

/** Whether a run may work beside others on their migration, or only when nobody else does. */
export type RunConcurrency = 'alone' | 'join';

/** A migration under this run's lease. */
export interface OpenedRun {
  readonly migration: MigrationRecord;
  readonly workerId: number;
  readonly conclusion: Conclusion;
}

/** How a run is opened. */
interface RunOpening {
  readonly intent: RunIntent;
  /** By default it works alone. */
  readonly concurrency?: RunConcurrency;
  /** What it was told to do in the end; nothing by default. */
  readonly conclusion?: Conclusion;
  /** What it lets triggers do; they fire by default. */
  readonly triggers?: TriggerChoice;
}

/**
 * Takes the database's lock and the migration to run, in one transaction. A run whose process is gone, or whose
 * lease has expired, is taken over; one that lives is `KT_LOCKED`, exit 11, unless it is to be joined while it works on
 * the same migration, is not verifying yet, and was told nothing else to do in the end (`KT_CONCLUDED_OTHERWISE`, exit 11), or of
 * triggers (`KT_TRIGGERS`, exit 11).
 */
export async function openRun(
  database: TargetDatabase,
  runner: Runner,
  { intent, concurrency = 'alone', conclusion: wanted = plainConclusion, triggers = 'fire' }: RunOpening,
): Promise<OpenedRun> {
  const opened = await database.transaction(async ({ ledger }) => {
    await ledger.install();
    const living = await takeOverGone(ledger, runner);
    if (concurrency === 'alone' && living[0]) throw locked(living[0]);
    const migration = await chooseMigration(ledger, runner, intent);
    const other = living.find(({ migrationId }) => migrationId !== migration.id);
    if (other) throw locked(other);
    if (living[0] && !isShareable(migration)) throw nothingToShare(migration);
    const { owner } = runner;
    const others = await withTerms(ledger, migration.id, living);
    refuseOtherTriggers(triggers, others);
    const conclusion = joinConclusion(wanted, owner, others);
    const workerId = await ledger.openRun({ migrationId: migration.id, owner, conclusion, triggers });
    return { migration, conclusion, workerId };
  });
  reached('run opened');
  return opened;
}

/** Several runs share the first pass, and nothing else. */
function isShareable({ targets }: MigrationRecord): boolean {
  return targets.some(({ pass, passState }) => pass === 0 || (pass === 1 && passState === 'walking'));
}

function nothingToShare({ id }: MigrationRecord): KeyturnError {
  return new KeyturnError({
    code: 'KT_LOCKED',
    reason: 'locked',
    message: `migration ${id} has nothing left to share: one run verifies it`,
    hints: ['keyturn status'],
  });
}

import type { LedgerWriter } from '../../ledger/ledger.ts';
import { KeyturnError } from '../../model/keyturn-error.ts';
import type { MigrationRecord } from '../../model/migrations/migration-record.ts';
import { isUnfinished } from '../../model/migrations/migration-state.ts';
import type { Plan } from '../../model/plans/plan.ts';
import type { Runner } from '../../model/runs/run-owner.ts';
import { endFirst, takesAlong } from './unfinished-plan.ts';

/** What a command wants to run. */
export type RunIntent =
  /**
   * A plan: resumed where an unfinished migration with the same keys covers it, else started. `insteadOf` is the
   * unfinished migration that does not fit the database any more, which is given up.
   */
  | { readonly kind: 'start'; readonly plan: Plan; readonly insteadOf?: string | undefined }
  | { readonly kind: 'resume'; readonly migrationId: string }
  /** Takes back a migration, which is given up if it has not finished. */
  | { readonly kind: 'reverse'; readonly migrationId: string; readonly plan: Plan };

/**
 * The migration that a run works on: one that has not finished, or a new one, in whose way the unfinished one does not stand. Throws
 * where there is nothing to resume (exit 17), or where the unfinished one has to be ended first (exit 2).
 */
export async function chooseMigration(
  ledger: LedgerWriter,
  runner: Runner,
  intent: RunIntent,
): Promise<MigrationRecord> {
  if (intent.kind === 'resume')
    return resumable(await ledger.findMigration(intent.migrationId), intent.migrationId);
  const migrations = await ledger.listMigrations();
  const unfinished = migrations.find((migration) => isUnfinished(migration.state));
  if (intent.kind === 'start' && unfinished) {
    const isSame = isSameRotation(unfinished.plan, intent.plan);
    if (isSame && unfinished.id !== intent.insteadOf && covers(unfinished.plan, intent.plan))
      return unfinished;
    const goesOn = isSame && takesAlong(intent.plan, unfinished.plan);
    if (!goesOn && !(await isUntouched(ledger, migrations))) throw endFirst(unfinished);
  }
  if (unfinished) await giveUp(ledger, runner, unfinished);
  const reverses = intent.kind === 'reverse' ? intent.migrationId : null;
  return ledger.createMigration(intent.plan, { reverses, actor: runner.actor });
}

function resumable(migration: MigrationRecord | undefined, id: string): MigrationRecord {
  if (migration && isUnfinished(migration.state)) return migration;
  throw new KeyturnError({
    code: 'KT_NOTHING_TO_RESUME',
    reason: 'nothingFound',
    message: migration
      ? `migration ${id} is ${migration.state}`
      : `there is no migration "${id}" in this database`,
    hints: ['keyturn status'],
  });
}

/** Tells whether two plans take cells from the same state to the same other one: the keys, and what cells look like. */
function isSameRotation(one: Plan, other: Plan): boolean {
  const formats = ({ targets }: Plan): string =>
    JSON.stringify(targets[0]?.columns.slice(0, 1).map(({ from, to }) => [from, to]));
  return (
    one.oldKey?.checkValue === other.oldKey?.checkValue &&
    one.newKey?.checkValue === other.newKey?.checkValue &&
    formats(one) === formats(other)
  );
}

/**
 * Tells whether no cell was rewritten, and no column made, since the last migration that succeeded: what is unfinished can be
 * given up for another one without leaving anything of its own behind. One that was started with wrong keys would stand in
 * the way for ever otherwise.
 */
async function isUntouched(ledger: LedgerWriter, migrations: readonly MigrationRecord[]): Promise<boolean> {
  const lastSucceeded = migrations.findIndex(({ state }) => state === 'succeeded');
  for (const { id, targets } of lastSucceeded === -1 ? migrations : migrations.slice(0, lastSucceeded)) {
    const progress = await ledger.readProgress(id);
    if (targets.some(({ shape }) => shape === 'altered')) return false;
    if (progress.some(({ counts }) => counts.rewritten > 0)) return false;
  }
  return true;
}

/**
 * Tells whether every column of `plan` is among those of `recorded`, to be treated in the same way, and their tables
 * have not changed since.
 */
function covers(recorded: Plan, plan: Plan): boolean {
  const names = (of: Plan): readonly string[] =>
    of.targets.flatMap(({ table, fingerprint, columns }) =>
      columns.map(({ name, unrecognised }) => JSON.stringify([table, fingerprint, name, unrecognised])),
    );
  const known = new Set(names(recorded));
  return names(plan).every((name) => known.has(name));
}

async function giveUp(
  ledger: LedgerWriter,
  { actor }: Runner,
  { id, state }: MigrationRecord,
): Promise<void> {
  await ledger.changeState({ migrationId: id, from: state, to: 'cancelled', actor });
}

import type { TargetDatabase } from '../../databases/target-database.ts';
import type { RunIntent } from '../../engine/runs/choose-migration.ts';
import type { LoadedKeys } from '../../keys/load-key-pair.ts';
import type { ColumnCensus } from '../../model/columns/column-census.ts';
import type { DatabaseLocation } from '../../model/databases/database-location.ts';
import { KeyturnError } from '../../model/keyturn-error.ts';
import type { MigrationRecord } from '../../model/migrations/migration-record.ts';
import { isUnfinished } from '../../model/migrations/migration-state.ts';
import type { PlaintextEnd } from '../../model/plans/plaintext-end.ts';
import { hashPlan } from '../../model/plans/plan-hash.ts';
import type { Plan } from '../../model/plans/plan.ts';
import type { PlanOutcome } from '../../planning/build-plan.ts';
import { checkPlan, refuseGone } from '../../planning/check-plan.ts';
import { refuseTakenColumns } from '../../planning/encryption/choose-destination.ts';
import { invertPlan } from '../../planning/invert-plan.ts';
import { readPlanFile } from '../../planning/plan-files/read-plan-file.ts';
import { fitsSchema, refitPairs, refitPlan, refitTargets } from '../../planning/refit-plan.ts';
import { refuseBlankColumns } from '../../planning/refusals/refuse-blank-columns.ts';
import { refuseImpossiblePlan } from '../../planning/refusals/refuse-impossible-plan.ts';
import { withReadOnlyDatabase } from '../database/open-database.ts';
import {
  findUnfinished,
  planOf,
  requireMigration,
  requireUnfinished,
} from '../database/recorded-migrations.ts';
import { refuseUnbindable } from '../formats/refuse-unbindable.ts';
import { loadIndexKeysOf, loadPlannedKeys, withNamedKeys, type KeyOverrides } from '../keys/recorded-keys.ts';
import { isStillDone } from './count-plaintext.ts';
import { refuseForeignKeys } from './refuse-foreign-keys.ts';
import { refuseLaterKeys, refuseOtherKeys } from './refuse-other-keys.ts';
import { refuseRenamed } from './refuse-renamed.ts';

/** A recorded or written plan with its keys, checked against the database as it is. */
interface PreparedRun {
  readonly plan: Plan;
  readonly intent: RunIntent;
  readonly keys: LoadedKeys;
  /** What a finalize that has begun does to plaintext columns; `null`: none has. */
  readonly begun: PlaintextEnd | null;
}

/** `already`: the latest migration did all this, and what it did still holds. */
export type PreparedExecution =
  | ({ readonly kind: 'run' } & PreparedRun)
  | ({
      readonly kind: 'already';
      readonly keys: LoadedKeys;
      /** Its columns, counted in full, where none of them holds a value. */
      readonly blank?: readonly ColumnCensus[];
    } & Pick<PlanOutcome, 'plan' | 'warnings'>);

/** Prepares a plan from a file, or, without one, to go on with the migration that has not finished. */
export function prepareExecution(
  location: DatabaseLocation,
  planFile: string | undefined,
  overrides: KeyOverrides,
): Promise<PreparedExecution> {
  return planFile === undefined
    ? prepareResumption(location, overrides)
    : preparePlanFile(location, planFile, overrides);
}

/** A plan from a file must have been made for this very database. */
async function preparePlanFile(
  location: DatabaseLocation,
  path: string,
  overrides: KeyOverrides,
): Promise<PreparedExecution> {
  const plan = await readPlanFile(path);
  const keys = await loadPlannedKeys(plan, overrides);
  return withReadOnlyDatabase(location, async (database) => {
    const unfinished = await findUnfinished(database);
    // Its tables may have got columns of its own by now.
    if (unfinished?.planHash === hashPlan(plan)) {
      const intent = { kind: 'resume', migrationId: unfinished.id } as const;
      const { contract: begun } = unfinished;
      return { kind: 'run', plan: planOf(unfinished, database), keys, intent, begun };
    }
    await checkPlan(plan, database, {
      oldKey: keys.old?.key ?? null,
      newKey: keys.new?.key ?? null,
      identity: 'same database',
    });
    if (await isDone(database, plan, keys)) return { kind: 'already', plan, keys, warnings: [] };
    const hints = ['keyturn status', 'make a plan for the key the cells are under: keyturn plan'];
    const blank = await refuseOtherKeys(database, plan, { keys, hints });
    if (plan.kind === 'rotate') refuseBlankColumns(blank);
    if (blank) return { kind: 'already', plan, keys, warnings: [], blank };
    await refuseImpossiblePlan(database, plan);
    await refuseForeignKeys(database, plan);
    await refuseUnbindable(database, plan);
    await refuseTakenColumns(database, plan);
    return { kind: 'run', plan, keys, intent: { kind: 'start', plan }, begun: null };
  });
}

/** Counts before it says so: a database can be restored from a backup, ledger and all. */
async function isDone(database: TargetDatabase, plan: Plan, keys: LoadedKeys): Promise<boolean> {
  const [latest] = await database.ledger.listMigrations();
  if (latest?.state !== 'succeeded') return false;
  return latest.planHash === hashPlan(plan) && isStillDone(database, keys, plan);
}

/** Exit 17 where no migration is unfinished. */
async function prepareResumption(
  location: DatabaseLocation,
  overrides: KeyOverrides,
): Promise<PreparedExecution> {
  return withReadOnlyDatabase(location, async (database) => {
    const migration = await requireUnfinished(database);
    const tables = await database.listTables();
    const plan = refitPairs(planOf(migration, database), tables);
    refuseGone(plan, tables);
    return {
      kind: 'run',
      plan,
      keys: await loadPlannedKeys(plan, overrides),
      intent: { kind: 'resume', migrationId: migration.id },
      begun: migration.contract,
    };
  });
}

/**
 * Prepares to take a migration back: by id, or the latest that is not itself a rollback. An unfinished rollback of
 * it is gone on with; one that succeeded, and still holds, leaves nothing to do. The overrides name the keys as they
 * were in that migration.
 */
export async function prepareRollback(
  location: DatabaseLocation,
  id: string | undefined,
  overrides: KeyOverrides,
): Promise<PreparedExecution> {
  return withReadOnlyDatabase(location, async (database) => {
    const migration = await requireMigration(database, id, ({ reverses }) => reverses === null);
    const { old: before, new: after } = await loadKeysToGoBack(migration, overrides);
    const cellKeys = { old: after, new: before };
    const tables = await database.listTables();
    const inverted = invertPlan(withNamedKeys(planOf(migration, database), overrides));
    const [latest] = await database.ledger.listMigrations();
    const isTakenBack = latest?.reverses === migration.id && latest.state === 'succeeded';
    // The columns of an encryption into others go at the end of its rollback: nothing is left to look at.
    if (isTakenBack && refitTargets(inverted, tables).length === 0) {
      return { kind: 'already', plan: inverted, keys: cellKeys, warnings: [] };
    }
    if (after !== null) await refuseRenamed(database, { whole: inverted, tables, key: after.key });
    const plan = refitPlan(inverted, tables);
    const keys = { ...cellKeys, indexes: await loadIndexKeysOf(plan, overrides) };
    await refuseUnbindable(database, plan);
    if (latest?.reverses === migration.id) {
      if (isUnfinished(latest.state) && fitsSchema(latest.plan, tables)) {
        const intent = { kind: 'resume', migrationId: latest.id } as const;
        return { kind: 'run', plan, keys, intent, begun: null };
      }
      if (latest.state === 'succeeded' && (await isStillDone(database, keys, plan))) {
        return { kind: 'already', plan, keys, warnings: [] };
      }
    }
    await refuseLaterKeys(database, plan, { keys, migration });
    const intent = { kind: 'reverse', migrationId: migration.id, plan } as const;
    return { kind: 'run', plan, keys, intent, begun: null };
  });
}

/** Going back needs the key of before: without it, exit 16. */
async function loadKeysToGoBack(migration: MigrationRecord, overrides: KeyOverrides): Promise<LoadedKeys> {
  try {
    return await loadPlannedKeys(migration.plan, overrides);
  } catch (error) {
    if (!(error instanceof KeyturnError) || error.code !== 'KT_KEY_MISSING') throw error;
    throw new KeyturnError({
      code: 'KT_ROLLBACK_IMPOSSIBLE',
      reason: 'rollbackImpossible',
      message: `migration ${migration.id} cannot be taken back: ${error.message}`,
      hints: error.hints,
      cause: error,
    });
  }
}

import type { TargetDatabase } from '../../databases/target-database.ts';
import type { RunIntent } from '../../engine/runs/choose-migration.ts';
import type { LoadedKeyPair } from '../../keys/load-key-pair.ts';
import type { DatabaseLocation } from '../../model/databases/database-location.ts';
import { KeyturnError } from '../../model/keyturn-error.ts';
import type { MigrationRecord } from '../../model/migrations/migration-record.ts';
import { keepsKey, keyChange } from '../../model/plans/key-change.ts';
import type { Plan } from '../../model/plans/plan.ts';
import type { PlanOutcome } from '../../planning/build-plan.ts';
import { fitsSchema } from '../../planning/refit-plan.ts';
import { refuseImpossiblePlan } from '../../planning/refusals/refuse-impossible-plan.ts';
import { withReadOnlyDatabase } from '../database/open-database.ts';
import { findUnfinished, planOf } from '../database/recorded-migrations.ts';
import { formatsOfPlan, type RotationFormats } from '../formats/choose-formats.ts';
import { isStillRotated, planRotation, type RotationOptions } from './plan-rotation.ts';
import { refuseForeignKeys } from './refuse-foreign-keys.ts';

/** What a rotation comes down to. */
export type PreparedRotation =
  /** An earlier run of the same rotation is resumed. */
  | { readonly kind: 'resume'; readonly plan: Plan; readonly intent: RunIntent }
  | {
      readonly kind: 'start';
      readonly outcome: PlanOutcome & { readonly kind: 'plan' };
      readonly intent: RunIntent;
    }
  | ({ readonly kind: 'already' } & Pick<PlanOutcome, 'plan' | 'warnings'>);

/**
 * Finds out what a rotation has to do. An unfinished migration between the same keys is resumed; a new plan takes
 * its place where it ended because columns were left out, where a table was altered since, or where the operator
 * asks for certain columns now, or to leave alone what is no cell.
 */
export function prepareRotation(
  location: DatabaseLocation,
  keys: LoadedKeyPair,
  options: RotationOptions,
): Promise<PreparedRotation> {
  return withReadOnlyDatabase(location, (database) => prepare(database, keys, options));
}

async function prepare(
  database: TargetDatabase,
  keys: LoadedKeyPair,
  options: RotationOptions,
): Promise<PreparedRotation> {
  const unfinished = await findUnfinished(database);
  const earlier = unfinished && isSameRotation(unfinished, keys, options) ? unfinished : undefined;
  const isFitting = earlier && fitsSchema(earlier.plan, await database.listTables());
  if (earlier && isFitting && !wantsAnotherPlan(earlier, options) && !wantsOtherwise(earlier, options)) {
    const intent = { kind: 'resume', migrationId: earlier.id } as const;
    return { kind: 'resume', plan: planOf(earlier, database), intent };
  }
  const migrations = await database.ledger.listMigrations();
  // To go on in the direction of what is unfinished, be it a rollback, is no mistake.
  if (!earlier) refuseReversal(migrations, keys, options.formats);
  const [latest] = migrations;
  if (
    latest?.state === 'succeeded' &&
    isSameRotation(latest, keys, options) &&
    !wantsAnotherPlan(latest, options)
  ) {
    // What it left in quarantine is known and was accepted; the census alone decides about the rest.
    if (await isStillRotated(database, keys, latest.plan))
      return { kind: 'already', plan: planOf(latest, database), warnings: [] };
  }
  const outcome = await planRotation(database, keys, { ...options, earlier: earlier?.plan });
  // What is unfinished is brought to its end, with its quarantine, also where nothing is left to rewrite.
  if (outcome.kind === 'already' && !earlier) return outcome;
  const { plan, inspections, notes, warnings } = outcome;
  await refuseImpossiblePlan(database, plan);
  await refuseForeignKeys(database, plan);
  const planned = { kind: 'plan', plan, inspections, notes, warnings } as const;
  const insteadOf = isFitting === false ? earlier?.id : undefined;
  return { kind: 'start', outcome: planned, intent: { kind: 'start', plan, insteadOf } };
}

function isSameRotation(
  { plan }: MigrationRecord,
  keys: LoadedKeyPair,
  { formats }: RotationOptions,
): boolean {
  const { from, to } = formatsOfPlan(plan);
  return (
    plan.oldKey?.checkValue === keys.old.key.checkValue &&
    plan.newKey?.checkValue === keys.new.key.checkValue &&
    from === formats.from &&
    to === formats.to &&
    plan.indexKeys?.[0]?.checkValue === keys.indexes?.[0]?.key.checkValue
  );
}

function wantsAnotherPlan({ failure }: MigrationRecord, { filter }: RotationOptions): boolean {
  const names = filter.tables.length + filter.columns.length + filter.exclude.length;
  return failure?.code === 'KT_LEFT_BEHIND' || names > 0;
}

/** Tells whether values that are no cells are to be left alone, or encrypted, and were not so far. */
function wantsOtherwise({ plan }: MigrationRecord, { unrecognised }: RotationOptions): boolean {
  const columns = plan.targets.flatMap((target) => target.columns);
  const isAsked = unrecognised === 'leave' || unrecognised === 'encrypt';
  return isAsked && columns.some((column) => column.unrecognised !== unrecognised);
}

/** Keys given the wrong way round look like a rotation back to a key that was given up on purpose. */
function refuseReversal(
  migrations: readonly MigrationRecord[],
  keys: LoadedKeyPair,
  { from, to }: RotationFormats,
): void {
  const last = migrations.find(({ state }) => state === 'succeeded');
  const isOpposite =
    last?.reverses === null &&
    last.plan.oldKey?.checkValue === keys.new.key.checkValue &&
    last.plan.newKey?.checkValue === keys.old.key.checkValue;
  if (!isOpposite) return;
  // Under one and the same key only the formats tell where a rotation goes.
  const before = formatsOfPlan(last.plan);
  if (keepsKey(last.plan) && (from === to || before.from !== to || before.to !== from)) return;
  throw new KeyturnError({
    code: 'KT_KEYS_SWAPPED',
    reason: 'confirmationNeeded',
    message:
      `the last migration went ${keyChange(last.plan)}, ` +
      'this one would go back: are --old-key and --new-key the wrong way round?',
    hints: ['exchange the two references', `keyturn rollback ${last.id}   # goes back on purpose`],
  });
}

import type { TargetDatabase } from '../../databases/target-database.ts';
import type { RunIntent } from '../../engine/runs/choose-migration.ts';
import type { LoadedKeys } from '../../keys/load-key-pair.ts';
import type { LoadedKey } from '../../keys/load-key.ts';
import { findIndex } from '../../model/columns/blind-index.ts';
import {
  areBlank,
  closedCells,
  type CensusCounts,
  type ColumnCensus,
} from '../../model/columns/column-census.ts';
import type { DatabaseLocation } from '../../model/databases/database-location.ts';
import { KeyturnError } from '../../model/keyturn-error.ts';
import type { MigrationRecord } from '../../model/migrations/migration-record.ts';
import { indexesKept } from '../../model/plans/batch-layout.ts';
import type { PlaintextEnd } from '../../model/plans/plaintext-end.ts';
import type { Plan } from '../../model/plans/plan.ts';
import { countedText } from '../../model/texts/counted-text.ts';
import type { PlanOutcome } from '../../planning/build-plan.ts';
import { buildEncryptionPlan } from '../../planning/encryption/build-encryption-plan.ts';
import { refuseTakenColumns } from '../../planning/encryption/choose-destination.ts';
import type { EncryptionRequest } from '../../planning/encryption/encryption-request.ts';
import { fitsSchema, refitPairs } from '../../planning/refit-plan.ts';
import { refuseImpossiblePlan } from '../../planning/refusals/refuse-impossible-plan.ts';
import { displacedHints } from '../../planning/refusals/refuse-plan.ts';
import { withSealedNames } from '../database/known-places.ts';
import { withReadOnlyDatabase } from '../database/open-database.ts';
import { findUnfinished, planOf } from '../database/recorded-migrations.ts';
import { refuseUnbindable } from '../formats/refuse-unbindable.ts';
import { checkIndexes } from '../inspection/check-indexes.ts';
import { loadPlannedIndexKeys } from '../keys/load-index-keys.ts';
import { censusUnder, sumOf } from './count-plaintext.ts';
import { findFinishedEncryption } from './find-finished-encryption.ts';
import { listForeignKeyObstacles, refuseForeignKeys } from './refuse-foreign-keys.ts';
import { refuseMovedValues } from './refuse-moved-values.ts';
import { requestEncryption, type EncryptionOptions } from './request-encryption.ts';

/** What an encryption or a decryption comes down to. */
type Prepared =
  | {
      readonly kind: 'resume';
      readonly plan: Plan;
      readonly intent: RunIntent;
      /** What a finalize that has begun does to plaintext columns; `null`: none has. */
      readonly begun: PlaintextEnd | null;
    }
  | {
      readonly kind: 'start';
      readonly outcome: PlanOutcome & { readonly kind: 'plan' };
      readonly intent: RunIntent;
    }
  | ({
      readonly kind: 'already';
      /** Its columns, counted in full, where none of them holds a value. */
      readonly blank?: readonly ColumnCensus[];
    } & Pick<PlanOutcome, 'plan' | 'warnings'>);

/** The same with its keys: that of the cells, on their side alone, and those of blind indexes. */
export type PreparedEncryption = Prepared & { readonly keys: LoadedKeys };

/**
 * Finds out what an encryption or a decryption has to do: nothing, to go on with an unfinished one of the same kind,
 * key and columns, or a new plan. What the sample takes for finished is counted in full.
 */
export async function prepareEncryption(
  location: DatabaseLocation,
  options: EncryptionOptions,
): Promise<PreparedEncryption> {
  const { keys, request, indexKey } = await requestEncryption(location, options);
  const prepared = await withReadOnlyDatabase(location, async (database) => {
    return prepare(await withSealedNames(database, options.sealedAs), request, indexKey);
  });
  const plan = prepared.kind === 'start' ? prepared.outcome.plan : prepared.plan;
  return { ...prepared, keys: { ...keys, indexes: await loadPlannedIndexKeys(plan, indexKey) } };
}

/** Makes a plan for later: whatever is unfinished by now may be finished then, and foreign keys may be others. */
export async function planEncryption(
  location: DatabaseLocation,
  options: EncryptionOptions,
): Promise<{ readonly keys: LoadedKeys; readonly outcome: PlanOutcome }> {
  const { keys, request } = await requestEncryption(location, options);
  const outcome = await withReadOnlyDatabase(location, async (database): Promise<PlanOutcome> => {
    const named = await withSealedNames(database, options.sealedAs);
    const finished = await findFinishedEncryption(named, request);
    if (finished) {
      return { kind: 'already', keyId: request.key.id, ...finished, inspections: [], notes: [] } as const;
    }
    await refuseMovedValues(named, request);
    const planned = await buildEncryptionPlan(named, request);
    await refuseUnfit(named, planned.plan);
    return { ...planned, foreignKeys: await listForeignKeyObstacles(named, planned.plan) };
  });
  return { keys, outcome };
}

/** Throws where a plan that is made anew cannot come to a good end, whatever becomes of foreign keys. */
async function refuseUnfit(database: TargetDatabase, plan: Plan): Promise<void> {
  await refuseUnbindable(database, plan);
  await refuseImpossiblePlan(database, plan);
  await refuseTakenColumns(database, plan);
}

async function prepare(
  database: TargetDatabase,
  request: EncryptionRequest,
  indexKey: LoadedKey | undefined,
): Promise<Prepared> {
  const finished = await findFinishedEncryption(database, request);
  if (finished) return { kind: 'already', ...finished };
  await refuseMovedValues(database, request);
  const outcome = await buildEncryptionPlan(database, request);
  await refuseUnbindable(database, outcome.plan);
  const unfinished = await findUnfinished(database);
  if (unfinished && isSame(unfinished, outcome.plan)) {
    const tables = await database.listTables();
    const plan = refitPairs(planOf(unfinished, database), tables);
    const intent = { kind: 'resume', migrationId: unfinished.id } as const;
    if (fitsSchema(plan, tables)) return { kind: 'resume', plan, intent, begun: unfinished.contract };
  }
  const { plan, inspections, notes, warnings } = outcome;
  if (outcome.kind === 'already') {
    const census = await censusUnder(database, plan, request);
    const counts = sumOf(census);
    if (countLeft(request, counts) === 0 && (await countStale(database, plan, { request, indexKey })) === 0) {
      refuseWrongKey(request, counts);
      return { kind: 'already', plan, warnings, ...(areBlank(counts) && { blank: census }) };
    }
  }
  await refuseUnfit(database, plan);
  await refuseForeignKeys(database, plan);
  return {
    kind: 'start',
    outcome: { kind: 'plan', plan, inspections, notes, warnings },
    intent: { kind: 'start', plan },
  };
}

/** Cells that are still to be encrypted, or decrypted. */
function countLeft({ kind, empty }: EncryptionRequest, counts: CensusCounts): number {
  if (kind === 'decrypt') return counts.new;
  return counts.plaintext + (empty === 'encrypt' ? counts.empty : 0);
}

/** Rows whose blind index is not that of what their cell holds, in the indexes that a plan keeps. */
async function countStale(
  database: TargetDatabase,
  plan: Plan,
  {
    request: { format, cipher },
    indexKey,
  }: { readonly request: EncryptionRequest; readonly indexKey: LoadedKey | undefined },
): Promise<number> {
  const keys = await loadPlannedIndexKeys(plan, indexKey);
  const known = await database.ledger.listIndexes();
  const indexes = plan.targets.flatMap(({ table, columns }) =>
    columns.flatMap(indexesKept).flatMap((index) => {
      const record = findIndex(known, table, index);
      const key = keys.find((one) => one.key.id === index.keyId)?.key ?? null;
      return record === undefined ? [] : [{ record, key }];
    }),
  );
  const checks = await checkIndexes(database, indexes, { format, cipher });
  return checks.reduce((sum, { stale }) => sum + stale, 0);
}

/** The same columns in the same states under the same key. */
function isSame({ plan }: MigrationRecord, wanted: Plan): boolean {
  const summary = ({ kind, oldKey, newKey, targets }: Plan): string =>
    JSON.stringify([
      kind,
      oldKey?.checkValue,
      newKey?.checkValue,
      targets.map(({ table, columns }) => [
        table,
        columns.map((column) => [column.name, column.into?.column, indexesKept(column)]),
      ]),
    ]);
  return summary(plan) === summary(wanted);
}

/** Nothing to decrypt, but cells that look encrypted: the key is another one (exit 12). */
function refuseWrongKey({ kind, key, columns, format }: EncryptionRequest, counts: CensusCounts): void {
  const closed = closedCells(counts);
  if (closed === 0 || (kind === 'encrypt' && counts.new > 0)) return;
  throw new KeyturnError({
    code: 'KT_WRONG_KEY',
    reason: 'wrongKey',
    message: `key ${key.id} opens no cell of ${columns.join(', ')}, where ${countedText(closed, 'cell looks', 'cells look')} encrypted`,
    hints: ['keyturn keys inspect REF', 'keyturn scan', ...(format.binding === 'none' ? [] : displacedHints)],
  });
}

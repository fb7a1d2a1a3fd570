import type { TargetDatabase } from '../../databases/target-database.ts';
import { formatNamed } from '../../formats/format-named.ts';
import { parseKeyReference } from '../../keys/key-reference.ts';
import { loadKeyPair, type LoadedKeyPair } from '../../keys/load-key-pair.ts';
import { fieldsBeside } from '../../keys/publication/moved-key.ts';
import { closedCells } from '../../model/columns/column-census.ts';
import type { DatabaseLocation } from '../../model/databases/database-location.ts';
import { KeyturnError } from '../../model/keyturn-error.ts';
import { keepsKey } from '../../model/plans/key-change.ts';
import type { Plan } from '../../model/plans/plan.ts';
import type { TableNote } from '../../model/schema/schema-note.ts';
import { buildPlan, type PlanOutcome, type PlanRequest } from '../../planning/build-plan.ts';
import { censusOfColumns, censusTargetsOf } from '../../planning/census/census.ts';
import { findCellsUnder } from '../../planning/census/find-cells-under.ts';
import { refuseTakenColumns } from '../../planning/encryption/choose-destination.ts';
import { refitTargets } from '../../planning/refit-plan.ts';
import type { RotationCiphers } from '../../planning/rotation-ciphers.ts';
import { withSealedNames } from '../database/known-places.ts';
import { withReadOnlyDatabase } from '../database/open-database.ts';
import { rotationFormatsOf, type RotationFormats } from '../formats/choose-formats.ts';
import { refuseUnbindable } from '../formats/refuse-unbindable.ts';
import { isGuesswork, refuseGuesswork, refuseWeakTarget } from '../formats/refuse-weak-format.ts';
import { equalKeysBetween } from '../keys/equal-keys.ts';
import { loadIndexKey, refuseCellKey } from '../keys/load-index-keys.ts';
import { plannedKey } from '../keys/planned-key.ts';
import { nameLastKeys } from './name-last-keys.ts';
import { listForeignKeyObstacles } from './refuse-foreign-keys.ts';

/** The keys of a rotation, as flags name them, and what each is for. */
export interface RotationKeys {
  readonly oldKey: string;
  readonly newKey: string;
  readonly formats: RotationFormats;
  /** Whether the new key takes the old one's place in the end (`--update-config`). */
  readonly published?: boolean;
  /** Where the new key of blind indexes is; undefined: they stay as they are. */
  readonly newIndexKey?: string | undefined;
}

/** What is wanted of a rotation besides its keys. */
export type RotationOptions = Pick<
  PlanRequest,
  'madeBy' | 'filter' | 'unrecognised' | 'timestamps' | 'afterwards' | 'earlier'
> & {
  readonly formats: RotationFormats;
  /** Tables and columns that were renamed since their cells were sealed, as the flags name them. */
  readonly sealedAs?: readonly string[] | undefined;
  readonly signal?: AbortSignal;
};

/** Loads and checks both keys of a rotation. */
export async function loadRotationKeys(keys: RotationKeys): Promise<LoadedKeyPair> {
  refuseWeakTarget(keys.formats.to);
  try {
    return await loadAll(keys);
  } catch (error) {
    const isSame = error instanceof KeyturnError && error.code === 'KT_KEYS_EQUAL';
    const [previous] = keys.published ? fieldsBeside(keys.oldKey) : [];
    // The rotation has ended before, and has put the new key where the old one was.
    if (isSame && previous !== undefined) return loadAll({ ...keys, oldKey: previous });
    throw error;
  }
}

async function loadAll(keys: RotationKeys): Promise<LoadedKeyPair> {
  const pair = await loadPair(keys);
  if (keys.newIndexKey === undefined) return pair;
  const index = await loadIndexKey(keys.newIndexKey);
  refuseCellKey(index, [pair.old, pair.new]);
  return { ...pair, indexes: [index] };
}

function loadPair({ oldKey, newKey, formats, published, newIndexKey }: RotationKeys): Promise<LoadedKeyPair> {
  const isForIndexes = newIndexKey !== undefined;
  return loadKeyPair({
    // A key that is to take its own place in a configuration is a mistake, or an exchange that is done already.
    equalKeys: isForIndexes && !published ? 'allowed' : published ? 'refused' : equalKeysBetween(formats),
    old: { reference: parseKeyReference(oldKey, 'old'), format: formatNamed(formats.from) },
    new: { reference: parseKeyReference(newKey, 'new'), format: formatNamed(formats.to) },
  });
}

/**
 * Plans a rotation. What the sample takes for finished is counted in full: only a census of every cell makes it
 * `already`, otherwise there is a plan after all.
 */
export async function planRotation(
  database: TargetDatabase,
  keys: LoadedKeyPair,
  { formats, sealedAs, ...options }: RotationOptions,
): Promise<PlanOutcome> {
  refuseGuesswork(formats, options.filter);
  const ciphers = bindRotation(formats, keys);
  const placed = await withSealedNames(database, sealedAs);
  const [indexKey] = keys.indexes ?? [];
  const outcome = await buildPlan(placed, {
    ...options,
    ciphers,
    oldKey: plannedKey(keys.old),
    newKey: plannedKey(keys.new),
    nextIndexKey: indexKey && plannedKey(indexKey),
  }).catch(async (error: unknown) => {
    throw await nameLastKeys(error, database);
  });
  await refuseUnbindable(database, outcome.plan);
  if (indexKey) {
    await refuseTakenColumns(database, outcome.plan);
    return outcome.plan.indexKeys === undefined ? outcome : asPlan(outcome);
  }
  const notes = [...outcome.notes, ...(await keptIndexes(database, outcome.plan))];
  const kept = { ...outcome, notes };
  if (kept.kind === 'plan') return kept;
  const { old, unknown } = await countLeft(placed, kept.plan, ciphers);
  return old === 0 && unknown === 0 ? kept : asPlan(kept);
}

/** Makes a plan to review: it lists what would make a run refuse it, which may be mended by then. */
export function planRotationForLater(
  location: DatabaseLocation,
  keys: LoadedKeyPair,
  options: RotationOptions,
): Promise<PlanOutcome> {
  return withReadOnlyDatabase(location, async (database) => {
    const outcome = await planRotation(database, keys, options);
    if (outcome.kind === 'already') return outcome;
    return { ...outcome, foreignKeys: await listForeignKeyObstacles(database, outcome.plan) };
  });
}

/** The outcome as a plan, even if there is no cell to rewrite. */
function asPlan({ plan, inspections, notes, warnings }: PlanOutcome): PlanOutcome {
  return { kind: 'plan', plan, inspections, notes, warnings };
}

/** The blind indexes that a rotation of the cells alone has nothing to do with. */
async function keptIndexes({ ledger }: TargetDatabase, { targets }: Plan): Promise<readonly TableNote[]> {
  const known = await ledger.listIndexes();
  return targets.flatMap(({ table, columns }) =>
    known
      .filter((index) => index.table === table && columns.some(({ name }) => name === index.cells))
      .map(({ column, keyId }) => ({
        table,
        kind: 'blind index' as const,
        name: column,
        consequence: `it does not depend on the key of the cells and stays as it is; --new-index-key takes it from key ${keyId} to another one`,
      })),
  );
}

/** Tells whether what a finished migration did still holds: nothing is under its old key, wherever it may stand. */
export async function isStillRotated(
  database: TargetDatabase,
  keys: LoadedKeyPair,
  plan: Plan,
): Promise<boolean> {
  const formats = rotationFormatsOf(plan);
  if (!formats) return false;
  const { old } = await countLeft(database, plan, bindRotation(formats, keys));
  return old === 0;
}

/** Counts, in full, the plan's cells that neither key opens, and all cells of the database under the old key. */
async function countLeft(
  database: TargetDatabase,
  plan: Plan,
  ciphers: RotationCiphers,
): Promise<{ readonly old: number; readonly unknown: number }> {
  const targets = censusTargetsOf({ ...plan, targets: refitTargets(plan, await database.listTables()) });
  const census = await censusOfColumns(database, targets, { ciphers });
  const { format, cipher } = ciphers.old;
  const elsewhere =
    isGuesswork(format) || keepsKey(plan) ? [] : await findCellsUnder(database, targets, { format, cipher });
  return {
    old:
      census.reduce((sum, { cells }) => sum + cells.old, 0) +
      elsewhere.reduce((sum, { cells }) => sum + cells, 0),
    unknown: census.reduce((sum, { cells }) => sum + closedCells(cells), 0),
  };
}

/** Binds both keys of a rotation, to look at cells before a run. */
export function bindRotation({ from, to }: RotationFormats, keys: LoadedKeyPair): RotationCiphers {
  const [oldFormat, newFormat] = [formatNamed(from), formatNamed(to)];
  return {
    old: { format: oldFormat, cipher: oldFormat.bind(keys.old.key) },
    new: { format: newFormat, cipher: newFormat.bind(keys.new.key) },
  };
}

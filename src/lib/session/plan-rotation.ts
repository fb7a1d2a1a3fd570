import type { TargetDatabase } from '../databases/target-database.ts';
import { formats } from '../formats/registry.ts';
import { parseKeyReference } from '../keys/key-reference.ts';
import { loadKeyPair, type LoadedKeyPair } from '../keys/load-key-pair.ts';
import type { LoadedKey } from '../keys/load-key.ts';
import type { FormatName } from '../model/column-state.ts';
import type { Plan, PlannedKey } from '../model/plan.ts';
import { buildPlan, type PlanOutcome, type PlanRequest } from '../planning/build-plan.ts';
import { censusOfColumns, censusTargetsOf } from '../planning/census.ts';
import { refitTargets } from '../planning/refit-plan.ts';
import { findCellsUnder } from '../planning/find-cells-under.ts';

/** The keys of a rotation, as flags name them. */
export interface RotationKeys {
  readonly oldKey: string;
  readonly newKey: string;
  readonly format: FormatName;
}

/** What is wanted of a rotation besides its keys. */
export type RotationWishes = Pick<
  PlanRequest,
  'madeBy' | 'filter' | 'unrecognised' | 'timestamps' | 'earlier'
> & {
  readonly format: FormatName;
  readonly signal?: AbortSignal;
};

/** Loads and checks both keys of a rotation. */
export function loadRotationKeys({ oldKey, newKey, format }: RotationKeys): Promise<LoadedKeyPair> {
  return loadKeyPair({
    old: { reference: parseKeyReference(oldKey, 'old'), format: formats[format] },
    new: { reference: parseKeyReference(newKey, 'new'), format: formats[format] },
  });
}

/**
 * Plans a rotation. What the sample takes for finished is counted in full: only a census of every cell makes it
 * `already`, otherwise there is a plan after all.
 */
export async function planRotation(
  database: TargetDatabase,
  keys: LoadedKeyPair,
  { format, ...wishes }: RotationWishes,
): Promise<PlanOutcome> {
  const ciphers = bindCiphers(format, keys);
  const outcome = await buildPlan(database, {
    ...wishes,
    ciphers,
    oldKey: plannedKey(keys.old),
    newKey: plannedKey(keys.new),
  });
  if (outcome.kind === 'plan') return outcome;
  const { old, unknown } = await countLeft(database, outcome.plan, ciphers);
  if (old === 0 && unknown === 0) return outcome;
  const { plan, inspections, warnings } = outcome;
  return { kind: 'plan', plan, inspections, warnings };
}

/** Tells whether what a finished migration did still holds: nothing is under its old key, wherever it may stand. */
export async function isStillRotated(
  database: TargetDatabase,
  keys: LoadedKeyPair,
  { plan, format }: { readonly plan: Plan; readonly format: FormatName },
): Promise<boolean> {
  const { old } = await countLeft(database, plan, bindCiphers(format, keys));
  return old === 0;
}

/** Counts, in full, the plan's cells that neither key opens, and all cells of the database under the old key. */
async function countLeft(
  database: TargetDatabase,
  plan: Plan,
  ciphers: PlanRequest['ciphers'],
): Promise<{ readonly old: number; readonly unknown: number }> {
  const targets = censusTargetsOf({ ...plan, targets: refitTargets(plan, await database.listTables()) });
  const census = await censusOfColumns(database, targets, { ciphers });
  const search = { shape: ciphers.format.candidate, cipher: ciphers.old };
  const elsewhere = await findCellsUnder(database, targets, search);
  return {
    old:
      census.reduce((sum, { cells }) => sum + cells.old, 0) +
      elsewhere.reduce((sum, { cells }) => sum + cells, 0),
    unknown: census.reduce((sum, { cells }) => sum + cells.unknown, 0),
  };
}

function bindCiphers(format: FormatName, keys: LoadedKeyPair): PlanRequest['ciphers'] {
  const cellFormat = formats[format];
  return {
    format: cellFormat,
    old: cellFormat.bind(keys.old.key),
    new: cellFormat.bind(keys.new.key),
  };
}

function plannedKey({ key, reference }: LoadedKey): PlannedKey {
  return { reference: reference.stored ?? null, id: key.id, checkValue: key.checkValue };
}

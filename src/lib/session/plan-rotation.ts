import type { TargetDatabase } from '../databases/target-database.ts';
import { formats } from '../formats/registry.ts';
import { parseKeyReference } from '../keys/key-reference.ts';
import { loadKeyPair, type LoadedKeyPair } from '../keys/load-key-pair.ts';
import type { LoadedKey } from '../keys/load-key.ts';
import type { FormatName } from '../model/column-state.ts';
import type { Plan, PlannedKey } from '../model/plan.ts';
import { buildPlan, type PlanOutcome, type PlanRequest } from '../planning/build-plan.ts';
import { censusOfColumns, censusTargetsOf } from '../planning/census.ts';
import { findCellsUnder } from '../planning/find-cells-under.ts';

/** The keys of a rotation, as flags name them. */
export interface RotationKeys {
  readonly oldKey: string;
  readonly newKey: string;
  readonly format: FormatName;
}

/** What is wanted of a rotation besides its keys. */
export type RotationWishes = Pick<PlanRequest, 'madeBy' | 'filter' | 'unrecognised' | 'timestamps'> & {
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
  const cellFormat = formats[format];
  const ciphers = {
    format: cellFormat,
    old: cellFormat.bind(keys.old.key),
    new: cellFormat.bind(keys.new.key),
  };
  const outcome = await buildPlan(database, {
    ...wishes,
    ciphers,
    oldKey: plannedKey(keys.old),
    newKey: plannedKey(keys.new),
  });
  if (outcome.kind === 'plan' || (await isFinished(database, outcome.plan, ciphers))) return outcome;
  const { plan, inspections, warnings } = outcome;
  return { kind: 'plan', plan, inspections, warnings };
}

async function isFinished(
  database: TargetDatabase,
  plan: Plan,
  ciphers: PlanRequest['ciphers'],
): Promise<boolean> {
  const targets = censusTargetsOf(plan);
  const census = await censusOfColumns(database, targets, { ciphers });
  if (census.some(({ cells }) => cells.old > 0 || cells.unknown > 0)) return false;
  const search = { shape: ciphers.format.candidate, cipher: ciphers.old };
  return (await findCellsUnder(database, targets, search)).length === 0;
}

function plannedKey({ key, reference }: LoadedKey): PlannedKey {
  return { reference: reference.stored ?? null, id: key.id, checkValue: key.checkValue };
}

import type { LoadedKey } from '../../keys/load-key.ts';
import type { PlannedKey } from '../../model/plans/plan.ts';

/** How a plan names a key: where it is, if that can be read a second time, and which it is. */
export function plannedKey({ key, reference }: LoadedKey): PlannedKey {
  return { reference: reference.stored ?? null, id: key.id, checkValue: key.checkValue };
}

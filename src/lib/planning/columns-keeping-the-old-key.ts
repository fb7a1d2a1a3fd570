import { unwritable } from '../model/plans/column-kind.ts';
import { comesAlong, type ExcludedColumn, type Plan } from '../model/plans/plan.ts';

/**
 * Columns outside the plan that open under the old key, as far as the sample shows: after the run the census
 * finds them (exit 14), unless the run is refused because they can never be rewritten, and the old key cannot be retired. Those that the database brings into line are none of them.
 */
export function columnsKeepingTheOldKey(plan: Plan): readonly ExcludedColumn[] {
  return plan.excluded.filter(
    (column) => (column.opensUnder === 'old' || column.opensUnder === 'both') && !comesAlong(column),
  );
}

/** Tells of an excluded column whether nobody could rewrite it, whatever the operator says. */
export function isUnwritable({ reason }: ExcludedColumn): boolean {
  return Object.values(unwritable).includes(reason);
}

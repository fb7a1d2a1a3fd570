import type { ExcludedColumn, MigrationKind, Plan, PlannedColumn } from '../model/plans/plan.ts';

/**
 * The plan that takes a plan back: keys and column states change places. It works on current values, not on
 * remembered ones. Inverting twice gives the plan one started with; what the plan says about effort stays,
 * what it says about afterwards does not.
 */
export function invertPlan(plan: Plan): Plan {
  const inverted: Plan = {
    ...plan,
    kind: invertedKinds[plan.kind],
    oldKey: plan.newKey,
    newKey: plan.oldKey,
    targets: plan.targets.map((target) => ({ ...target, columns: target.columns.map(invertColumn) })),
    excluded: plan.excluded.map(invertExclusion),
  };
  Reflect.deleteProperty(inverted, 'afterwards');
  return inverted;
}

const invertedKinds: Readonly<Record<MigrationKind, MigrationKind>> = {
  rotate: 'rotate',
  encrypt: 'decrypt',
  decrypt: 'encrypt',
};

/** An index that was to take another one's place is not: what has taken its place already stays, it fits any key of the cells. */
function invertColumn({ into, indexes, ...column }: PlannedColumn): PlannedColumn {
  const kept = indexes?.filter(({ replaces }) => replaces === undefined);
  const inverted = { ...column, from: column.to, to: column.from, ...(kept && { indexes: kept }) };
  if (into === undefined) return inverted;
  const { column: name, type, sourceType, cells } = into;
  return { ...inverted, name, into: { column: column.name, type: sourceType, sourceType: type, cells } };
}

const seenFromTheOtherSide: Readonly<Record<ExcludedColumn['opensUnder'], ExcludedColumn['opensUnder']>> = {
  old: 'new',
  new: 'old',
  both: 'both',
  neither: 'neither',
};

function invertExclusion(column: ExcludedColumn): ExcludedColumn {
  return { ...column, opensUnder: seenFromTheOtherSide[column.opensUnder] };
}

import type { TableDescription } from '../../databases/table-description.ts';
import type { Obstacle } from '../../model/plans/plan.ts';

/** The triggers that rewriting some columns of a table fires. */
export function triggerObstacles(
  { table, triggers }: TableDescription,
  columns: readonly string[],
): readonly Obstacle[] {
  return triggers.flatMap((trigger) => {
    const fires = new Set(trigger.columns?.map((name) => name.toLowerCase()));
    const fired =
      trigger.columns === null ? columns : columns.filter((name) => fires.has(name.toLowerCase()));
    return fired.length === 0
      ? []
      : [{ kind: 'trigger', table, trigger: trigger.name, columns: fired } satisfies Obstacle];
  });
}

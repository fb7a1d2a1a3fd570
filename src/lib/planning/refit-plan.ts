import type { TableDescription } from '../databases/table-description.ts';
import { KeyturnError } from '../model/keyturn-error.ts';
import type { Plan, PlannedTarget } from '../model/plans/plan.ts';
import { isPaired } from '../model/plans/planned-pair.ts';
import { triggerObstacles } from './refusals/trigger-obstacles.ts';

/** Tells whether every table of a plan still is what it was when the plan was made. */
export function fitsSchema(plan: Plan, tables: readonly TableDescription[]): boolean {
  return plan.targets.every((target) => describe(target, tables)?.fingerprint === target.fingerprint);
}

/**
 * The same plan for the schema as it is now, so that a migration can be taken back although its tables were altered
 * since. Columns that are gone hold nothing any more and are left out; what was renamed is found by the census.
 * Throws where none of its columns is left (exit 13).
 */
export function refitPlan(plan: Plan, tables: readonly TableDescription[]): Plan {
  const targets = refitTargets(plan, tables);
  if (targets.length === 0) throw nothingLeft(plan);
  return {
    ...plan,
    targets,
    obstacles: targets.flatMap((target) => {
      const description = describe(target, tables);
      const columns = target.columns.flatMap(({ name, into }) => (into ? [name, into.column] : [name]));
      return description === undefined ? [] : triggerObstacles(description, columns);
    }),
  };
}

/** The same of a plan whose columns go into others, to go on with it although its tables were altered; any other as it is. */
export function refitPairs(plan: Plan, tables: readonly TableDescription[]): Plan {
  const isWhole = refitTargets(plan, tables).every(
    ({ columns }, index) => columns.length === plan.targets[index]?.columns.length,
  );
  return isPaired(plan) && isWhole && refitTargets(plan, tables).length === plan.targets.length
    ? refitPlan(plan, tables)
    : plan;
}

/** The tables and columns of a plan that are still there. */
export function refitTargets(plan: Plan, tables: readonly TableDescription[]): readonly PlannedTarget[] {
  return plan.targets.flatMap((target) => refitTarget(target, describe(target, tables)));
}

function describe(
  { table }: PlannedTarget,
  tables: readonly TableDescription[],
): TableDescription | undefined {
  return tables.find((description) => description.table === table);
}

function refitTarget(
  target: PlannedTarget,
  description: TableDescription | undefined,
): readonly PlannedTarget[] {
  if (description === undefined) return [];
  const columns = target.columns.filter(({ name, into }) => {
    const kind = description.columns.find((column) => column.name === name)?.kind;
    // What goes into another column is read whole, whatever it holds.
    return kind === 'ordinary' || (kind === 'document' && into !== undefined);
  });
  return columns.length === 0 ? [] : [{ ...target, columns, fingerprint: description.fingerprint }];
}

function nothingLeft({ targets }: Plan): KeyturnError {
  return new KeyturnError({
    code: 'KT_STALE_PLAN',
    reason: 'stalePlan',
    message: `none of the migration's columns is left in ${targets.map(({ table }) => `"${table}"`).join(', ')}`,
    hints: ['give what was renamed its old name again, then run the same command again', 'keyturn cancel'],
  });
}

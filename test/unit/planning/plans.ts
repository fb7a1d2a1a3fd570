import type { TargetDatabase } from '../../../src/lib/databases/target-database.ts';
import type { KeyturnError } from '../../../src/lib/model/keyturn-error.ts';
import { buildPlan, type PlanOutcome, type PlanRequest } from '../../../src/lib/planning/build-plan.ts';
import type { ColumnFilter } from '../../../src/lib/planning/inspection/select-columns.ts';
import { ciphers, plannedKey } from './keys.ts';

/** Plans a rotation of everything, except for what is asked otherwise. */
export function plan(
  database: TargetDatabase,
  wanted: Partial<Omit<PlanRequest, 'filter'>> & Partial<ColumnFilter> = {},
): Promise<PlanOutcome> {
  const { tables = [], columns = [], exclude = [], ...rest } = wanted;
  return buildPlan(database, {
    madeBy: 'keyturn test',
    ciphers,
    oldKey: plannedKey('old'),
    newKey: plannedKey('new'),
    filter: { tables, columns, exclude },
    unrecognised: 'quarantine',
    timestamps: 'keep',
    ...rest,
  });
}

/** The planned columns as `table.column`. */
export function columnsOf({ plan: { targets } }: PlanOutcome): readonly string[] {
  return targets.flatMap(({ table, columns }) => columns.map(({ name }) => `${table}.${name}`));
}

/** The error a promise ends with; a promise that does not is one itself. */
export async function errorOf(promise: Promise<unknown>): Promise<KeyturnError> {
  try {
    await promise;
  } catch (error) {
    return error as KeyturnError;
  }
  throw new Error('nothing was thrown');
}

import type { TargetDatabase } from '../../databases/target-database.ts';
import { areBlank, type ColumnCensus } from '../../model/columns/column-census.ts';
import { indexesKept } from '../../model/plans/batch-layout.ts';
import type { Plan, PlannedColumn } from '../../model/plans/plan.ts';
import type { CensusCiphers } from '../rotation-ciphers.ts';
import { censusOfColumns, censusTargetsOf } from './census.ts';

/** The columns of a plan, every cell counted, whatever a sample has shown; undefined where one of them holds a value. */
export async function findBlankColumns(
  database: TargetDatabase,
  plan: Plan,
  ciphers: CensusCiphers,
): Promise<readonly ColumnCensus[] | undefined> {
  const census = await censusOfColumns(database, censusTargetsOf(plan), { ciphers });
  return census.every(({ cells }) => areBlank(cells)) ? census : undefined;
}

/** Tells whether a plan comes to something where no column holds a value: other columns, blind indexes, cells of empty values. */
export function isMoreThanValues({ targets, indexKeys }: Plan): boolean {
  return indexKeys !== undefined || targets.some(({ columns }) => columns.some(isMoreThanValue));
}

function isMoreThanValue(column: PlannedColumn): boolean {
  const { from, into } = column;
  const takesEmpty = from.kind === 'plaintext' && from.empty === 'encrypt';
  return into !== undefined || takesEmpty || indexesKept(column).length > 0;
}

import type { TargetDatabase } from '../databases/target-database.ts';
import { addCensus, emptyCensus, type CensusCounts, type ColumnCensus } from '../model/column-census.ts';
import type { Plan } from '../model/plan.ts';
import { classifyCells } from './classify-cells.ts';
import { separateValues } from '../model/stored-value.ts';
import type { CensusCiphers } from './rotation-ciphers.ts';
import { walkTable } from './walk-table.ts';

/** Some columns of one table. */
export interface CensusTarget {
  readonly table: string;
  readonly columns: readonly string[];
}

/** How a census is taken. */
export interface CensusRequest {
  readonly ciphers: CensusCiphers;
  /** Told after each batch how many more rows were counted. */
  readonly onRows?: (table: string, rows: number) => void;
  readonly signal?: AbortSignal;
}

/** The columns of a plan, as a census takes them. */
export function censusTargetsOf(plan: Plan): readonly CensusTarget[] {
  return plan.targets.map(({ table, columns }) => ({ table, columns: columns.map(({ name }) => name) }));
}

/**
 * Counts what every cell of some columns is. Reads whole tables and nothing but reads; throws the signal's reason
 * when it aborts. With one key loaded, cells under any other count as unknown.
 */
export async function censusOfColumns(
  database: TargetDatabase,
  targets: readonly CensusTarget[],
  request: CensusRequest,
): Promise<readonly ColumnCensus[]> {
  const census: ColumnCensus[] = [];
  for (const target of targets) census.push(...(await censusOfTable(database, target, request)));
  return census;
}

async function censusOfTable(
  database: TargetDatabase,
  { table, columns }: CensusTarget,
  { ciphers, onRows, signal }: CensusRequest,
): Promise<readonly ColumnCensus[]> {
  let counts: readonly CensusCounts[] = columns.map(() => emptyCensus);
  for await (const batch of walkTable(database.openTable(table, columns), signal)) {
    counts = counts.map((count, index) =>
      addCensus(count, classifyCells(separateValues(batch.columns[index] ?? []), ciphers).counts),
    );
    onRows?.(table, batch.keys.length);
  }
  return columns.map((column, index) => ({ table, column, cells: counts[index] ?? emptyCensus }));
}

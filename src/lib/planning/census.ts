import type { TableDescription, TargetDatabase } from '../databases/target-database.ts';
import type { ColumnPlace } from '../model/cell-places.ts';
import { addCensus, emptyCensus, type CensusCounts, type ColumnCensus } from '../model/column-census.ts';
import type { Plan } from '../model/plan.ts';
import { classifyCells } from './classify-cells.ts';
import { formatsOf, openPlacedTable } from './open-placed-table.ts';
import { placedValues } from './placed-values.ts';
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

/** The columns of a plan, as a census takes them: those that values come to stand in. */
export function censusTargetsOf(plan: Plan): readonly CensusTarget[] {
  return plan.targets.map(({ table, columns }) => ({
    table,
    columns: columns.map(({ name, into }) => into?.column ?? name),
  }));
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
  const tables = await database.listTables();
  for (const target of targets) {
    const described = tables.find(({ table }) => table === target.table);
    census.push(...(await censusOfTable(database, placeColumns(target, described), request)));
  }
  return census;
}

/** The columns of a target and what their cells know them by. */
interface PlacedTarget extends CensusTarget {
  readonly places: readonly ColumnPlace[];
}

function placeColumns(target: CensusTarget, described: TableDescription | undefined): PlacedTarget {
  const places = target.columns.map((name) => {
    const column = described?.columns.find((one) => one.name === name);
    return column?.place ?? { table: target.table, column: name };
  });
  return { ...target, places };
}

async function censusOfTable(
  database: TargetDatabase,
  target: PlacedTarget,
  { ciphers, onRows, signal }: CensusRequest,
): Promise<readonly ColumnCensus[]> {
  const { table, columns } = target;
  const placeOf = (index: number): ColumnPlace => target.places[index] ?? { table, column: '' };
  const opened = openPlacedTable(database, target, formatsOf(ciphers));
  let counts: readonly CensusCounts[] = columns.map(() => emptyCensus);
  for await (const batch of walkTable(opened, signal)) {
    counts = counts.map((count, index) => {
      const placed = placedValues(batch, index, placeOf(index));
      return addCensus(count, classifyCells(placed, ciphers).counts);
    });
    onRows?.(table, batch.keys.length);
  }
  return columns.map((column, index) => ({ table, column, cells: counts[index] ?? emptyCensus }));
}

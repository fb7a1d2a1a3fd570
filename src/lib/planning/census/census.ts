import type { TableDescription } from '../../databases/table-description.ts';
import type { TargetDatabase } from '../../databases/target-database.ts';
import type { ColumnPlace } from '../../model/cells/cell-places.ts';
import {
  addCensus,
  emptyCensus,
  type CensusCounts,
  type ColumnCensus,
} from '../../model/columns/column-census.ts';
import type { Plan } from '../../model/plans/plan.ts';
import type { CensusCiphers } from '../rotation-ciphers.ts';
import { countBatch, type BatchCounter } from '../samples/count-batch.ts';
import { formatsOf, openPlacedTable } from '../tables/open-placed-table.ts';
import { walkTable } from '../tables/walk-table.ts';

/** Some columns of one table. */
export interface CensusTarget {
  readonly table: string;
  readonly columns: readonly string[];
}

/** How a census is taken. */
export interface CensusRequest {
  readonly ciphers: CensusCiphers;
  /** Counts in place of this thread. */
  readonly counter?: BatchCounter;
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

/** The same, as far as these columns are still there. */
export function presentTargetsOf(plan: Plan, tables: readonly TableDescription[]): readonly CensusTarget[] {
  return censusTargetsOf(plan).flatMap(({ table, columns }) => {
    const described = tables.find((one) => one.table === table)?.columns ?? [];
    const present = columns.filter((column) => described.some(({ name }) => name === column));
    return present.length === 0 ? [] : [{ table, columns: present }];
  });
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

/** Batches that a counter is given before the first has to be done. */
const lookahead = 3;

async function censusOfTable(
  database: TargetDatabase,
  target: PlacedTarget,
  { ciphers, counter, onRows, signal }: CensusRequest,
): Promise<readonly ColumnCensus[]> {
  const { table, columns, places } = target;
  const count = counter ?? ((batch) => Promise.resolve(countBatch(batch, ciphers)));
  const opened = openPlacedTable(database, target, formatsOf(ciphers));
  let counts: readonly CensusCounts[] = columns.map(() => emptyCensus);
  const inHand: Promise<readonly CensusCounts[]>[] = [];
  const settleFirst = async (): Promise<void> => {
    const found = await inHand.shift();
    counts = counts.map((sum, index) => addCensus(sum, found?.[index] ?? emptyCensus));
  };
  for await (const { keys, columns: cells, canonicalKeys } of walkTable(opened, signal)) {
    const counted = count({ columns: cells, places, ...(canonicalKeys && { canonicalKeys }) });
    // Whoever awaits it sees the error; a census that ends before that must not end the process.
    counted.catch(() => undefined);
    inHand.push(counted);
    if (inHand.length > lookahead) await settleFirst();
    onRows?.(table, keys.length);
  }
  while (inHand.length > 0) await settleFirst();
  return columns.map((column, index) => ({ table, column, cells: counts[index] ?? emptyCensus }));
}

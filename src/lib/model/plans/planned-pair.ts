import type { PlacedColumn } from '../columns/placed-column.ts';
import type { ColumnPair, PairRecord } from '../schema/column-pair.ts';
import type { Plan, PlannedColumn } from './plan.ts';

/** The pair that a planned column makes with the one it goes into; undefined where it stays where it is. */
export function plannedPair(table: string, { name, to, into }: PlannedColumn): ColumnPair | undefined {
  if (into === undefined) return undefined;
  return to.kind === 'encrypted'
    ? { table, plaintext: name, cells: into.column }
    : { table, plaintext: into.column, cells: name };
}

/** The columns of plaintext that go when a plan is finalized. */
export function columnsToPart({ targets }: Pick<Plan, 'targets'>): readonly PlacedColumn[] {
  return targets.flatMap(({ table, columns }) =>
    columns
      .filter(({ into, to }) => into !== undefined && to.kind === 'encrypted')
      .map(({ name }) => ({ table, column: name })),
  );
}

/** Tells whether every column goes into another one: a plan does that for all of its columns, or for none. */
export function isPaired({ targets }: Pick<Plan, 'targets'>): boolean {
  return targets.every(({ columns }) => columns.every(({ into }) => into !== undefined));
}

/** A planned pair as the ledger knows it. */
export function findPair(
  pairs: readonly PairRecord[],
  table: string,
  column: PlannedColumn,
): PairRecord | undefined {
  const planned = plannedPair(table, column);
  return pairs.find(
    (pair) =>
      pair.table === planned?.table && pair.plaintext === planned.plaintext && pair.cells === planned.cells,
  );
}

/** The column that holds cells, before or after. */
export function columnOfCells({ name, from, into }: PlannedColumn): string {
  return from.kind === 'encrypted' || into === undefined ? name : into.column;
}

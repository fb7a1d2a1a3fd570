import type { ColumnDescription, TableDescription, TargetDatabase } from '../databases/target-database.ts';
import type { CandidateShape, CellCipher } from '../formats/cell-format.ts';
import type { Leftover } from '../model/leftover.ts';
import type { RowBatch } from '../model/row-batch.ts';
import { isCellValue, separateValues } from '../model/stored-value.ts';
import type { CensusTarget } from './census.ts';
import { breathe } from './walk-table.ts';

/** What to search for. */
export interface CellSearch {
  readonly shape: CandidateShape;
  /** The key whose cells are searched for. */
  readonly cipher: CellCipher;
  /** Told after each table how many rows it has. */
  readonly onRows?: (table: string, rows: number) => void;
  readonly signal?: AbortSignal;
  /** Awaited between two batches: holds the search up while it is to be paused. */
  readonly heed?: () => Promise<void>;
}

/**
 * Searches every text and blob column of every table, except those in `columnsToSkip`, for cells that open under
 * a key. Exhaustive: the database picks out all values in the shape of a cell, and each of them is tried. Columns
 * that hold none are not in the result. Generated columns are left out: they follow what they are computed from.
 */
export async function findCellsUnder(
  database: TargetDatabase,
  columnsToSkip: readonly CensusTarget[],
  search: CellSearch,
): Promise<readonly Leftover[]> {
  const leftovers: Leftover[] = [];
  for (const description of await database.listTables()) {
    const columns = columnsToSearch(description, columnsToSkip);
    leftovers.push(...(await searchTable(database, { ...description, columns }, search)));
  }
  return leftovers;
}

function columnsToSearch(
  { table, columns }: TableDescription,
  columnsToSkip: readonly CensusTarget[],
): readonly ColumnDescription[] {
  const skipped = columnsToSkip.filter((one) => one.table === table).flatMap((one) => one.columns);
  return columns.filter(({ kind, name }) => kind !== 'generated' && !skipped.includes(name));
}

async function searchTable(
  database: TargetDatabase,
  { table, columns }: Pick<TableDescription, 'table' | 'columns'>,
  { cipher, shape, onRows, signal, heed }: CellSearch,
): Promise<readonly Leftover[]> {
  if (columns.length === 0) return [];
  const opened = columns.map(() => 0);
  const rows = database.openTable(
    table,
    columns.map(({ name }) => name),
  );
  for await (const batch of rows.readCandidates(shape)) {
    countOpened(batch, cipher).forEach((cells, index) => (opened[index] = (opened[index] ?? 0) + cells));
    await heed?.();
    await breathe(signal);
  }
  onRows?.(table, await rows.countRows());
  return columns.flatMap(({ name, kind }, index) => {
    const cells = opened[index] ?? 0;
    return cells === 0 ? [] : [{ table, column: name, cells, kind }];
  });
}

function countOpened(batch: RowBatch, cipher: CellCipher): readonly number[] {
  return batch.columns.map((values) => {
    const cells = separateValues(values).filter(isCellValue);
    if (cells.length === 0) return 0;
    return cipher.openBatch(cells).outcomes.filter((outcome) => outcome === 'opened').length;
  });
}

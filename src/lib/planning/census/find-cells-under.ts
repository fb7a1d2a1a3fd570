import type { ColumnDescription, TableDescription } from '../../databases/table-description.ts';
import type { TargetDatabase } from '../../databases/target-database.ts';
import type { CellCipher, CellFormat } from '../../formats/cell-format.ts';
import { placesOfRows } from '../../model/cells/cell-places.ts';
import { isCellValue, type CellValue } from '../../model/cells/stored-value.ts';
import type { Leftover } from '../../model/runs/leftover.ts';
import { openPlacedTable } from '../tables/open-placed-table.ts';
import { placedValues, type PlacedValues } from '../tables/placed-values.ts';
import { breathe } from '../tables/walk-table.ts';
import type { CensusTarget } from './census.ts';

/** What to search for. */
export interface CellSearch {
  readonly format: CellFormat;
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
 * a key, or that name it although they are not at their place. Exhaustive: the database picks out all values in the shape of a cell, and each of them is tried. Columns
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
  description: TableDescription,
  { cipher, format, onRows, signal, heed }: CellSearch,
): Promise<readonly Leftover[]> {
  const { table, columns } = description;
  if (columns.length === 0) return [];
  const found = columns.map(() => 0);
  const names = columns.map(({ name }) => name);
  const rows = openPlacedTable(database, { table, columns: names }, [format]);
  for await (const batch of rows.readCandidates(format.candidate)) {
    columns.forEach(({ place }, index) => {
      const cells = placedValues(batch, index, place);
      found[index] = (found[index] ?? 0) + countUnderKey(cells, cipher);
    });
    await heed?.();
    await breathe(signal);
  }
  onRows?.(table, await rows.countRows());
  return columns.flatMap(({ name, kind }, index) => {
    const cells = found[index] ?? 0;
    return cells === 0 ? [] : [{ table, column: name, cells, kind }];
  });
}

function countUnderKey({ values, place, canonicalKeys }: PlacedValues, cipher: CellCipher): number {
  const rows = values.flatMap((value, row) => (isCellValue(value) ? [row] : []));
  if (rows.length === 0) return 0;
  const cells = rows.map((row) => values[row] as CellValue);
  const { outcomes } = cipher.openBatch(cells, placesOfRows(place, canonicalKeys, rows));
  return outcomes.filter((outcome) => outcome === 'opened' || outcome === 'displaced').length;
}

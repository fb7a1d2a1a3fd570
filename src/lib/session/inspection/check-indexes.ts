import type { TargetDatabase } from '../../databases/target-database.ts';
import type { TargetTable } from '../../databases/target-table.ts';
import type { ColumnCipher } from '../../engine/transcoding/column-cipher.ts';
import { contentsOfTrials } from '../../engine/transcoding/columns/cell-contents.ts';
import { createBlindIndex, type BlindIndex, type IndexedContent } from '../../indexes/blind-index.ts';
import { placesOfRows, type ColumnPlace } from '../../model/cells/cell-places.ts';
import type { RowBatch, RowKey } from '../../model/cells/row-batch.ts';
import { isCellValue, separateValues, type ColumnValue } from '../../model/cells/stored-value.ts';
import type { IndexRecord } from '../../model/columns/blind-index.ts';
import { openPlacedTable } from '../../planning/tables/open-placed-table.ts';
import { walkTable } from '../../planning/tables/walk-table.ts';
import type { KeyedIndex } from '../keys/load-index-keys.ts';

/** How the rows of an index compare with its cells. */
export interface IndexCheck extends KeyedIndex {
  /** Rows whose index is that of what their cell holds. */
  readonly current: number;
  /** Rows whose index is another one, or missing: a search does not find them, or finds them wrongly. */
  readonly stale: number;
  /** Rows whose cell does not open, so that they cannot be compared. */
  readonly unknown: number;
  /** Conditions that find some of the stale rows. */
  readonly staleRows: readonly string[];
}

/** Most stale rows of an index that are named. */
const mostNamed = 10;

/** Compares indexes with the cells they are made of, row by row. Reads only. Those whose key is not loaded are left out. */
export async function checkIndexes(
  database: TargetDatabase,
  indexes: readonly KeyedIndex[],
  cells: ColumnCipher,
): Promise<readonly IndexCheck[]> {
  const tables = await database.listTables();
  const checks: IndexCheck[] = [];
  for (const index of indexes) {
    const { table, cells: name, column } = index.record;
    const columns = tables.find((one) => one.table === table)?.columns ?? [];
    const place = columns.find((one) => one.name === name)?.place;
    const isThere = columns.some((one) => one.name === column);
    if (index.key === null || place === undefined || !isThere) continue;
    const bound = createBlindIndex(index.key, index.record);
    checks.push({ ...index, ...(await checkIndex(database, index.record, { ...cells, place, bound })) });
  }
  return checks;
}

interface BoundCheck extends ColumnCipher {
  readonly place: ColumnPlace;
  readonly bound: BlindIndex;
}

async function checkIndex(
  database: TargetDatabase,
  { table, cells, column }: IndexRecord,
  check: BoundCheck,
): Promise<Omit<IndexCheck, keyof KeyedIndex>> {
  const columns = [cells, column].map((name) => ({ kind: 'value', name }) as const);
  const opened = openPlacedTable(database, { table, columns }, [check.format]);
  const counts = { current: 0, stale: 0, unknown: 0 };
  const stale: RowKey[] = [];
  for await (const batch of walkTable(opened)) {
    const wanted = check.bound.compute(contentsOf(batch, check));
    batch.keys.forEach((key, row) => {
      const verdict = judge(batch.columns[1]?.[row] ?? null, wanted[row]);
      counts[verdict] += 1;
      if (verdict === 'stale' && stale.length < mostNamed) stale.push(key);
    });
  }
  return { ...counts, staleRows: await describeRows(opened, stale) };
}

function contentsOf(batch: RowBatch, { cipher, place }: BoundCheck): readonly IndexedContent[] {
  const values = separateValues(batch.columns[0] ?? []);
  const rows = values.flatMap((value, row) => (isCellValue(value) ? [row] : []));
  const trial = cipher.openBatch(values.filter(isCellValue), placesOfRows(place, batch.canonicalKeys, rows));
  return contentsOfTrials(values, [{ batch: trial, rows }]);
}

function judge(standing: ColumnValue, wanted: IndexedContent): 'current' | 'stale' | 'unknown' {
  if (wanted === undefined) return 'unknown';
  if (wanted === null || standing === null) return wanted === standing ? 'current' : 'stale';
  const isSame = standing instanceof Uint8Array && Buffer.compare(standing, wanted) === 0;
  return isSame ? 'current' : 'stale';
}

async function describeRows(table: TargetTable, keys: readonly RowKey[]): Promise<readonly string[]> {
  const rows: string[] = [];
  for (const key of keys) rows.push(await table.describeRow(key));
  return rows;
}

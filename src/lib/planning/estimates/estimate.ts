import type { TargetDatabase } from '../../databases/target-database.ts';
import type { CellCipher } from '../../formats/cell-format.ts';
import { cellClassOf, type CellValue } from '../../model/cells/stored-value.ts';
import { findIndex } from '../../model/columns/blind-index.ts';
import { indexesKept } from '../../model/plans/batch-layout.ts';
import type { PlanEstimate, PlannedTarget } from '../../model/plans/plan.ts';
import type { ColumnInspection, TableInspection } from '../inspection/inspect-columns.ts';
import type { RotationCiphers } from '../rotation-ciphers.ts';
import type { SampledCells } from '../samples/sampled-cells.ts';
import { growthOf, ledgerBytes, type RewrittenTable } from './disk-growth.ts';

/** A table of the plan and those of its columns that are planned. */
export interface EstimatedTable {
  readonly inspection: TableInspection;
  readonly columns: readonly ColumnInspection[];
}

/** How long the measurement may take, in milliseconds. */
const measuringMilliseconds = 100;
/** Columns measured at a time, up to 64 cells of each. */
const measuredColumns = 4;

/*
 * What a row costs beside cryptography, in seconds. Measured with SQLite in WAL mode on two cores, cells of 140 to
 * 8,000 bytes, 1,000 rows a transaction, synced: 1.5 us a row and 6 us a kilobyte for the update, and about 0.5 us
 * a row for comparing and the ledger. Reading a row costs 1 us. Without a WAL small cells cost twice as much.
 */
const secondsPerRowRead = 1e-6;
const secondsPerRowWritten = 2e-6;
const secondsPerByteWritten = 6e-9;
/** Two walks over every row: one does the work, one looks for what is left. */
const walks = 2;

/** What is estimated: the tables with the changes of their columns, in the same order. */
export interface EstimateRequest {
  readonly tables: readonly EstimatedTable[];
  readonly targets: readonly PlannedTarget[];
  readonly ciphers: RotationCiphers;
}

/** What rewriting the planned columns will cost. Scales the sample to the whole; measures for about 100 ms. */
export async function estimatePlan(
  database: TargetDatabase,
  { tables, targets, ciphers }: EstimateRequest,
): Promise<PlanEstimate> {
  const disk = await database.diskSpace();
  const rows = sum(tables, ({ inspection }) => inspection.rows);
  const cells = sum(tables, (table) => scaled(table, (column) => column.cells.old));
  const bytes = sum(tables, (table) => scaled(table, (column) => column.oldBytes));
  const rewritten: RewrittenTable[] = [];
  for (const [index, table] of tables.entries())
    rewritten.push(await rewrittenTable(database, table, { planned: targets[index], ciphers }));
  const sample = tables
    .flatMap(({ columns }) => columns.map(({ oldCells }) => oldCells))
    .filter(isMeasurable);
  const seconds =
    cells * secondsPerCell(ciphers, sample.slice(0, measuredColumns)) +
    walks * rows * secondsPerRowRead +
    sum(rewritten, ({ rowsWritten }) => rowsWritten) * secondsPerRowWritten +
    sum(rewritten, ({ columns }) => sum(columns, ({ newBytes }) => newBytes)) * secondsPerByteWritten;
  return {
    rows,
    cells: Math.round(cells),
    bytes: Math.round(bytes),
    seconds: Number(seconds.toPrecision(2)),
    backupBytes: disk.databaseBytes,
    ...diskFor(rewritten, (await database.ledger.listMigrations()).length > 0 ? 'there' : 'missing'),
    freeBytes: disk.freeBytes,
  };
}

function diskFor(
  tables: readonly RewrittenTable[],
  ledger: 'there' | 'missing',
): Pick<PlanEstimate, 'growthBytes' | 'logBytes'> {
  const changing = tables.filter(({ rowsWritten }) => rowsWritten > 0);
  const growths = changing.map(growthOf);
  const [first] = changing;
  const made = first === undefined || ledger === 'there' ? 0 : ledgerBytes[first.storage.kind];
  return {
    growthBytes: Math.round(made + sum(growths, ({ database }) => database)),
    logBytes: Math.round(sum(growths, ({ log }) => log)),
  };
}

async function rewrittenTable(
  database: TargetDatabase,
  table: EstimatedTable,
  { planned, ciphers }: { readonly planned: PlannedTarget | undefined; readonly ciphers: RotationCiphers },
): Promise<RewrittenTable> {
  const { description, rows } = table.inspection;
  const names = table.columns.map((column) => column.description.name);
  const known = await database.ledger.listIndexes();
  const scale = scaleOf(table);
  const columns = table.columns.flatMap((column, index) => {
    const plan = planned?.columns[index];
    if (plan === undefined) return [];
    const oldBytes = column.oldBytes * scale;
    const indexes = indexesKept(plan).map((one) => {
      // Cells that stay get an index, too, where there is none yet.
      const isThere = findIndex(known, description.table, one) !== undefined;
      const cells = column.cells.old + (isThere ? 0 : column.cells.new);
      return { cells: cells * scale, bytes: Math.ceil(one.bits / 8) };
    });
    const newBytes = oldBytes * growthFactor(column.oldCells, ciphers);
    return [{ planned: plan, cells: column.cells.old * scale, oldBytes, newBytes, indexes }];
  });
  return {
    storage: await database.openTable(description.table, names).readStorage(rows),
    rows,
    rowsWritten: rowsToWrite(columns),
    columns,
  };
}

/** All columns of a row change in one update, so the fullest column counts. */
function rowsToWrite(columns: RewrittenTable['columns']): number {
  return Math.max(0, ...columns.flatMap(({ cells, indexes }) => [cells, ...indexes.map((one) => one.cells)]));
}

/** By how much a value is longer as the cell that it becomes. */
function growthFactor(sampled: SampledCells, ciphers: RotationCiphers): number {
  if (!isMeasurable(sampled)) return 1;
  const sealed = reseal(ciphers.old.cipher, ciphers.new.cipher, sampled);
  return sum(sealed, byteLength) / Math.max(sum(sampled.cells, byteLength), 1);
}

function byteLength(cell: CellValue): number {
  return typeof cell === 'string' ? Buffer.byteLength(cell) : cell.length;
}

function scaled(table: EstimatedTable, count: (column: ColumnInspection) => number): number {
  return sum(table.columns, count) * scaleOf(table);
}

function scaleOf({ inspection }: EstimatedTable): number {
  return inspection.sampledRows === 0 ? 0 : inspection.rows / inspection.sampledRows;
}

function sum<Item>(items: readonly Item[], amount: (item: Item) => number): number {
  return items.reduce((total, item) => total + amount(item), 0);
}

/** Opened once under the old key, sealed, opened again to compare, and opened once more by the second walk. */
function secondsPerCell(ciphers: RotationCiphers, columns: readonly SampledCells[]): number {
  if (columns.length === 0) return 0;
  const deadline = performance.now() + measuringMilliseconds;
  let best = Infinity;
  do {
    best = Math.min(best, timeOnce(ciphers, columns));
  } while (performance.now() < deadline);
  return best / sum(columns, ({ cells }) => cells.length);
}

function timeOnce(ciphers: RotationCiphers, columns: readonly SampledCells[]): number {
  const from = performance.now();
  const { cipher } = ciphers.new;
  for (const sampled of columns) {
    const sealed = reseal(ciphers.old.cipher, cipher, sampled);
    cipher.openBatch(sealed, sampled.places);
    cipher.openBatch(sealed, sampled.places);
  }
  return (performance.now() - from) / 1000;
}

function reseal(from: CellCipher, to: CellCipher, { cells, places }: SampledCells): readonly CellValue[] {
  return to.sealBatch(from.openBatch(cells, places), cells.map(cellClassOf), places);
}

/** Where rows have no key for good, the plan is about to be refused. */
function isMeasurable({ cells, places }: SampledCells): boolean {
  return cells.length > 0 && places.rows !== 'none';
}

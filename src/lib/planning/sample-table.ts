import type { TargetTable } from '../databases/target-database.ts';
import type { RowBatch } from '../model/row-batch.ts';
import { isCellValue } from '../model/stored-value.ts';
import { breathe, walkTable } from './walk-table.ts';

/** Tables up to this many rows are read whole. */
const wholeTableRows = 2000;
/** Rows read of a larger table. */
const sampleRows = 1000;
/** Rows read first, to learn how large rows are, and bytes a sample may take in memory. */
const probeRows = 20;
const sampleBytes = 64 * 1024 * 1024;

/** Reads a small table whole, and of a large one of `rows` rows a sample that fits into memory. */
export function sampleTable(table: TargetTable, rows: number, signal?: AbortSignal): AsyncIterable<RowBatch> {
  return rows <= wholeTableRows ? walkTable(table, signal) : readSample(table, signal);
}

async function* readSample(table: TargetTable, signal?: AbortSignal): AsyncIterable<RowBatch> {
  const probe = await table.readSample(probeRows);
  const bytesPerRow = bytesOf(probe) / Math.max(probe.keys.length, 1);
  const fitting = Math.floor(sampleBytes / Math.max(bytesPerRow, 1));
  await breathe(signal);
  yield fitting <= probeRows ? probe : await table.readSample(Math.min(fitting, sampleRows));
}

/** Text and blob content of a batch, in characters and bytes. */
export function bytesOf(batch: RowBatch): number {
  const values = batch.columns.flat();
  return values.reduce<number>((bytes, value) => (isCellValue(value) ? bytes + value.length : bytes), 0);
}

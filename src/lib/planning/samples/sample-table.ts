import type { BatchLimits, TargetTable } from '../../databases/target-table.ts';
import { contentSize, type RowBatch } from '../../model/cells/row-batch.ts';
import { breathe, walkTable } from '../tables/walk-table.ts';

/** Tables up to this many rows, and this much content in bytes, are read whole. */
const wholeTable: BatchLimits = { rows: 2000, bytes: 64 * 1024 * 1024 };
/** What is read of a larger table; a sample of huge rows must not fill the memory. */
const sample: BatchLimits = { rows: 1000, bytes: 8 * 1024 * 1024 };

/** Reads a small table whole, in batches that fit into memory, and a sample of one of more `rows`. */
export async function* sampleTable(
  table: TargetTable,
  rows: number,
  signal?: AbortSignal,
): AsyncIterable<RowBatch> {
  await breathe(signal);
  if (rows > wholeTable.rows) {
    yield table.readSample(sample);
    return;
  }
  let bytes = 0;
  for await (const batch of walkTable(table, signal)) {
    yield batch;
    bytes += contentSize(batch);
    if (bytes > wholeTable.bytes) return;
  }
}

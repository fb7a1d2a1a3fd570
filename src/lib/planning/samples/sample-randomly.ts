import type { BatchLimits, TargetTable } from '../../databases/target-table.ts';
import type { RowBatch } from '../../model/cells/row-batch.ts';
import { breathe } from '../tables/walk-table.ts';

/** What is read at a time, and how often at most: a sample of huge rows is smaller. */
const atOnce: BatchLimits = { rows: 2000, bytes: 8 * 1024 * 1024 };
const mostReads = 8;

/** Reads about so many random rows of a table, in batches that fit into memory; rows may come twice. */
export async function* sampleRandomly(table: TargetTable, rows: number): AsyncIterable<RowBatch> {
  let read = 0;
  for (let reads = 0; read < rows && reads < mostReads; reads += 1) {
    const batch = await table.readRandom({ ...atOnce, rows: Math.min(atOnce.rows, rows - read) });
    if (batch.keys.length === 0) return;
    yield batch;
    read += batch.keys.length;
    await breathe();
  }
}

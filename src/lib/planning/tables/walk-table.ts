import { setImmediate } from 'node:timers/promises';
import type { BatchLimits, TargetTable } from '../../databases/target-table.ts';
import type { RowBatch, RowKey } from '../../model/cells/row-batch.ts';

const limits: BatchLimits = { rows: 1000, bytes: 4 * 1024 * 1024 };

/**
 * Reads a whole table, from its first row to its last, in batches that fit into memory. Lets signals and timers
 * in between two batches, because a local database answers without ever waiting; throws when `signal` says so.
 */
export async function* walkTable(table: TargetTable, signal?: AbortSignal): AsyncIterable<RowBatch> {
  let after: RowKey | null = null;
  for (;;) {
    const upTo: RowKey | null = await table.upperBound(after, limits);
    if (upTo === null) return;
    yield await table.readBatch({ after, upTo });
    after = upTo;
    await breathe(signal);
  }
}

/** Lets everything else of the process have a turn, then throws if `signal` asks to stop. */
export async function breathe(signal?: AbortSignal): Promise<void> {
  await setImmediate();
  signal?.throwIfAborted();
}

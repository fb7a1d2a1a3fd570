import { stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { DatabaseMetrics } from '../../../model/databases/database-metrics.ts';
import { isBusy } from '../connection/errors.ts';

/** How often this process has tried to take the lock, and how often it was refused. */
export interface LockCounts {
  transactions: number;
  refusedTransactions: number;
}

/** Begins a transaction and counts it. */
export function countLock(counts: LockCounts, begin: () => unknown): void {
  counts.transactions += 1;
  try {
    begin();
  } catch (error) {
    if (isBusy(error)) counts.refusedTransactions += 1;
    throw error;
  }
}

/** How a SQLite file fares; a database without a log, or in memory, has none. */
export async function readMetrics(location: string, counts: LockCounts): Promise<DatabaseMetrics> {
  const [log, fileSystem] = await Promise.all([
    stat(`${location}-wal`).catch(() => null),
    statfs(dirname(location)).catch(() => null),
  ]);
  return {
    ...counts,
    logBytes: log?.size ?? null,
    freeBytes: fileSystem === null ? null : fileSystem.bavail * fileSystem.bsize,
  };
}

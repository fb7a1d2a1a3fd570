import type { TargetDatabase } from '../../databases/target-database.ts';
import { listProcesses } from '../../model/databases/other-process.ts';
import { traceGuard, type GuardRecord, type GuardTrace } from '../../model/schema/guard.ts';

/** A guard with its state. */
export interface GuardStatus extends GuardRecord {
  /** Who wrote what is no cell: application and user; of a file, the processes that may have been it. */
  readonly writers: readonly string[];
  readonly trace: GuardTrace;
}

/** What the guards have seen, column by column. */
export async function readGuards(database: TargetDatabase): Promise<readonly GuardStatus[]> {
  const guards = await database.ledger.listGuards();
  if (guards.length === 0) return [];
  const triggers = await database.listGuardTriggers();
  const tables = await database.listTables();
  const counts = (await database.readGuardCounts?.()) ?? [];
  const others = guards.some(({ unfit }) => unfit > 0)
    ? (await database.otherProcesses()).map((process) => listProcesses([process]))
    : [];
  return guards.map((guard) => {
    const counted = counts.find(({ id }) => id === guard.id);
    const writers = guard.unfit > 0 ? others : [];
    return { ...guard, writers, ...counted, trace: traceGuard(guard, { triggers, tables }) };
  });
}

import type { RunConcurrency } from '../../engine/runs/open-run.ts';
import type { DatabaseLocation } from '../../model/databases/database-location.ts';
import { listProcesses, type OtherProcess } from '../../model/databases/other-process.ts';
import { KeyturnError } from '../../model/keyturn-error.ts';
import type { Plan } from '../../model/plans/plan.ts';
import type { TriggerChoice } from '../../model/runs/trigger-choice.ts';

/** Triggers never fire silently: the operator decides (exit 5). SQLite has no way to suppress them. */
export function refuseTriggers({ obstacles, database }: Plan, choice: TriggerChoice | undefined): void {
  if (obstacles.length === 0 || choice === 'fire') return;
  const names = obstacles.map(({ table, trigger }) => `"${trigger}" on "${table}"`).join(', ');
  if (choice === 'suppress') {
    if (database.kind === 'postgres') return;
    throw new KeyturnError({
      code: 'KT_TRIGGERS',
      reason: 'usage',
      message: `SQLite cannot suppress triggers: ${names} would fire`,
      hints: ['let them fire with --triggers fire', 'drop them, run, and create them again'],
    });
  }
  throw new KeyturnError({
    code: 'KT_TRIGGERS',
    reason: 'confirmationNeeded',
    message: `rewriting the cells fires triggers: ${names}`,
    hints: [
      'read what they do, then run the same command again with --triggers fire',
      ...(database.kind === 'postgres' ? ['keep them quiet with --triggers suppress'] : []),
    ],
  });
}

/** Several connections, or several runs at a time, are for a server (exit 2). */
export function refuseConnections(
  location: DatabaseLocation,
  { connections = 1, concurrency = 'alone' }: RunSharing,
): void {
  if (location.kind !== 'sqlite' || (connections === 1 && concurrency === 'alone')) return;
  const flag = concurrency === 'join' ? '--join' : '--connections';
  throw new KeyturnError({
    code: 'KT_ONE_WRITER',
    reason: 'usage',
    message: `SQLite has one writer at a time: ${flag} has no meaning here`,
    hints: [`run the same command again without ${flag}`],
  });
}

/** How much of a database a run asks for. */
interface RunSharing {
  readonly connections?: number | undefined;
  readonly concurrency?: RunConcurrency | undefined;
}

/** `--exclusive` promises that nobody else uses the database (exit 11). */
export function refuseOtherProcesses(use: 'shared' | 'exclusive', others: readonly OtherProcess[]): void {
  if (use === 'shared' || others.length === 0) return;
  throw new KeyturnError({
    code: 'KT_NOT_EXCLUSIVE',
    reason: 'locked',
    message: `${listProcesses(others)} has the database open, which --exclusive rules out`,
    hints: ['stop it, or run the same command again without --exclusive'],
  });
}

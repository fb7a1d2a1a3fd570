import type { TargetDatabase } from '../../databases/target-database.ts';
import type { LedgerWriter } from '../../ledger/ledger.ts';
import { KeyturnError } from '../../model/keyturn-error.ts';
import { leaseMilliseconds, type RunLease, type Runner } from '../../model/runs/run-owner.ts';

/**
 * Tells whether a run still holds the lock: its lease has not expired, and its process is not known to be gone. A lease that
 * lies ahead by more than twice its length was written before the clock was set back, and would last until the clock is there
 * again: it is none.
 */
export function lives({ leaseUntil, now, owner }: RunLease, runner: Runner): boolean {
  const left = leaseUntil - now;
  return left > 0 && left <= 2 * leaseMilliseconds && !runner.isGone(owner);
}

/** The leases of those that live. */
export async function takeOverGone(ledger: LedgerWriter, runner: Runner): Promise<readonly RunLease[]> {
  const leases = await ledger.listLeases();
  for (const lease of leases) if (!lives(lease, runner)) await ledger.takeOverRun(lease, runner.owner);
  return leases.filter((lease) => lives(lease, runner));
}

/** Takes over every run whose process is gone or whose lease has expired, if there is one. */
export async function takeOverLostRuns(database: TargetDatabase, runner: Runner): Promise<void> {
  const leases = await database.ledger.listLeases();
  if (leases.every((lease) => lives(lease, runner))) return;
  await database.transaction(({ ledger }) => takeOverGone(ledger, runner));
}

/** The error of a run that meets a living one. */
export function locked({ owner, migrationId }: RunLease): KeyturnError {
  return new KeyturnError({
    code: 'KT_LOCKED',
    reason: 'locked',
    message: `process ${String(owner.processId)} on ${owner.host} is running migration ${migrationId} on this database`,
    hints: ['keyturn status', 'wait for it with --wait 10m, or skip quietly with --if-locked skip'],
  });
}

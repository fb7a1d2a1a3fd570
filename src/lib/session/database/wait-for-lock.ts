import { setTimeout as sleep } from 'node:timers/promises';
import { lives, locked } from '../../engine/runs/living-runs.ts';
import type { DatabaseLocation } from '../../model/databases/database-location.ts';
import { exitCodes } from '../../model/exit-codes.ts';
import { KeyturnError } from '../../model/keyturn-error.ts';
import type { MigrationRecord } from '../../model/migrations/migration-record.ts';
import type { RunLease } from '../../model/runs/run-owner.ts';
import { listenForStop, type StopSignals } from '../stop-signals.ts';
import { withReadOnlyDatabase } from './open-database.ts';
import { currentRunner } from './run-owner.ts';

/** Between two looks at the ledger, in milliseconds. */
const pollMilliseconds = 500;

/** How long to wait, and what then. */
export interface LockWait {
  /** By `performance.now()`. */
  readonly deadline: number;
  readonly ifLocked: 'fail' | 'skip';
  /** Told once who is waited for. */
  readonly announce: (message: string) => void;
}

/**
 * Waits until no other run holds the database's lock. A run that outlasts the wait is an error (exit 11), or is
 * returned where it is to be skipped. A signal ends the wait (exit 130 or 143). Looks only: the lock itself is
 * taken when the run is opened.
 */
export async function waitForLock(
  location: DatabaseLocation,
  { deadline, ifLocked, announce }: LockWait,
): Promise<MigrationRecord | undefined> {
  const stop = listenForStop(() => undefined);
  let isAnnounced = false;
  try {
    for (;;) {
      const holder = await findHolder(location);
      if (!holder) return undefined;
      if (performance.now() >= deadline) {
        if (ifLocked === 'fail') throw locked(holder.lease);
        return holder.migration;
      }
      if (!isAnnounced) announce(`waiting for ${ownerName(holder.lease)} to end`);
      isAnnounced = true;
      await sleep(pollMilliseconds, undefined, { signal: stop.requested }).catch(() => undefined);
      if (stop.requested.aborted) throw interrupted(stop);
    }
  } finally {
    stop.close();
  }
}

function ownerName({ owner, migrationId }: RunLease): string {
  return `process ${String(owner.processId)} on ${owner.host}, which runs migration ${migrationId},`;
}

function interrupted(stop: StopSignals): KeyturnError {
  return new KeyturnError({
    code: 'KT_INTERRUPTED',
    reason: stop.exitCode() === exitCodes.terminated ? 'terminated' : 'interrupted',
    message: 'interrupted while another run was waited for; nothing was changed',
    hints: ['keyturn status'],
  });
}

interface LockHolder {
  readonly lease: RunLease;
  readonly migration: MigrationRecord;
}

function findHolder(location: DatabaseLocation): Promise<LockHolder | undefined> {
  return withReadOnlyDatabase(location, async ({ ledger }) => {
    const leases = await ledger.listLeases();
    const lease = leases.find((one) => lives(one, currentRunner()));
    const migration = lease && (await ledger.findMigration(lease.migrationId));
    return lease && migration && { lease, migration };
  });
}

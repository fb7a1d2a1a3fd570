import { setTimeout as sleep } from 'node:timers/promises';
import { lives, locked } from '../engine/open-run.ts';
import type { MigrationRecord } from '../model/migration-record.ts';
import type { RunLease } from '../model/run-owner.ts';
import { withReadOnlyDatabase, type DatabaseLocation } from './open-database.ts';
import { currentRunner } from './run-owner.ts';

/** Between two looks at the ledger, in milliseconds. */
const pollMilliseconds = 500;

/**
 * Waits until no other run holds the database's lock. A run that outlasts the wait is an error (exit 11), or is
 * returned where it is to be skipped. Looks only: the lock itself is taken when the run is opened.
 */
export async function waitForLock(
  location: DatabaseLocation,
  { waitMilliseconds, ifLocked }: { readonly waitMilliseconds: number; readonly ifLocked: 'fail' | 'skip' },
): Promise<MigrationRecord | undefined> {
  const deadline = performance.now() + waitMilliseconds;
  for (;;) {
    const holder = await findHolder(location);
    if (!holder) return undefined;
    if (performance.now() >= deadline) {
      if (ifLocked === 'fail') throw locked(holder.lease);
      return holder.migration;
    }
    await sleep(pollMilliseconds);
  }
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

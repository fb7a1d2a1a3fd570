import type { TargetTransaction } from '../../databases/target-database.ts';
import type { LedgerWriter } from '../../ledger/ledger.ts';
import type { MigrationFailure } from '../../model/migrations/migration-failure.ts';
import { isAllowed, type MigrationState } from '../../model/migrations/migration-state.ts';
import type { SteeredRun } from './steered-run.ts';

/** Moves the migration of a run along the state table, while the run holds its lease. */
export interface StateKeeper {
  current(): MigrationState;
  /** Does nothing when the migration is in that state already, wherever this run or another on it has moved it. */
  moveTo(state: MigrationState, failure?: MigrationFailure): Promise<void>;
  /** Moves it in the transaction that does some work; not at all where the work returns undefined. */
  moveWith<Result>(
    state: MigrationState,
    work: (transaction: TargetTransaction) => Promise<Result | undefined>,
  ): Promise<Result | undefined>;
  /** Moves it to `failed`, unless others go on with it. */
  fail(failure: MigrationFailure): Promise<void>;
}

/** Keeps the state of a run's migration from the opening of the run on. */
export function createStateKeeper({ database, migration, workerId, actor }: SteeredRun): StateKeeper {
  const { id: migrationId } = migration;
  let current = migration.state;

  async function move(ledger: LedgerWriter, to: MigrationState, failure?: MigrationFailure): Promise<void> {
    const found = (await ledger.findMigration(migrationId))?.state;
    if (found === to) return;
    // Where others have moved it to a state from which this is no way, the ledger says so.
    const from = found !== undefined && isAllowed(found, to) ? found : current;
    await ledger.changeState({ migrationId, from, to, actor, ...(failure && { failure }) });
  }

  return {
    current: () => current,
    async moveTo(to, failure) {
      if (to === current) return;
      await database.transaction(async ({ ledger }) => {
        await ledger.holdRun(workerId);
        await move(ledger, to, failure);
      });
      current = to;
    },
    async moveWith(to, work) {
      const result = await database.transaction(async (transaction) => {
        await transaction.ledger.holdRun(workerId);
        const done = await work(transaction);
        if (done !== undefined && to !== current) await move(transaction.ledger, to);
        return done;
      });
      if (result !== undefined) current = to;
      return result;
    },
    fail: (failure) =>
      database.transaction(async ({ ledger }) => {
        await ledger.holdRun(workerId);
        const others = (await ledger.listLeases()).filter((lease) => lease.workerId !== workerId);
        if (others.every(({ leaseUntil, now }) => leaseUntil <= now)) await move(ledger, 'failed', failure);
      }),
  };
}

import type { TargetTransaction } from '../databases/target-database.ts';
import type { LedgerWriter } from '../ledger/ledger.ts';
import type { MigrationState } from '../model/migration-state.ts';
import { reached } from '../model/step.ts';
import type { SteeredRun } from './steering.ts';

/** Moves the migration of a run along the state table, while the run holds its lease. */
export interface StateKeeper {
  current(): MigrationState;
  /** Does nothing when the migration is in that state already. */
  moveTo(state: MigrationState, failure?: Failure): Promise<void>;
  /** Moves it in the transaction that does some work; not at all where the work comes to undefined. */
  moveWith<Result>(
    state: MigrationState,
    work: (transaction: TargetTransaction) => Promise<Result | undefined>,
  ): Promise<Result | undefined>;
}

interface Failure {
  readonly code: string;
  readonly message: string;
}

export function createStateKeeper({ database, migration, workerId, actor }: SteeredRun): StateKeeper {
  let current = migration.state;
  const change = async (ledger: LedgerWriter, to: MigrationState, failure?: Failure): Promise<void> => {
    const from = current;
    await ledger.changeState({ migrationId: migration.id, from, to, actor, ...(failure && { failure }) });
  };
  return {
    current: () => current,
    async moveTo(to, failure) {
      if (to === current) return;
      await database.transaction(async ({ ledger }) => {
        await ledger.holdRun(workerId);
        await change(ledger, to, failure);
      });
      current = to;
      if (to === 'succeeded') reached('migration succeeded');
    },
    async moveWith(to, work) {
      const result = await database.transaction(async (transaction) => {
        await transaction.ledger.holdRun(workerId);
        const done = await work(transaction);
        if (done !== undefined && to !== current) await change(transaction.ledger, to);
        return done;
      });
      if (result !== undefined) current = to;
      return result;
    },
  };
}

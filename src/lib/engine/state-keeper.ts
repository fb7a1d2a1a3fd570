import type { MigrationState } from '../model/migration-state.ts';
import { reached } from '../model/step.ts';
import type { SteeredRun } from './steering.ts';

/** Moves the migration of a run along the state table, while the run holds its lease. */
export interface StateKeeper {
  current(): MigrationState;
  /** Does nothing when the migration is in that state already. */
  moveTo(state: MigrationState, failure?: { readonly code: string; readonly message: string }): Promise<void>;
}

export function createStateKeeper({ database, migration, workerId, actor }: SteeredRun): StateKeeper {
  let current = migration.state;
  return {
    current: () => current,
    async moveTo(to, failure) {
      if (to === current) return;
      const from = current;
      await database.transaction(async ({ ledger }) => {
        await ledger.holdRun(workerId);
        await ledger.changeState({ migrationId: migration.id, from, to, actor, ...(failure && { failure }) });
      });
      current = to;
      if (to === 'succeeded') reached('migration succeeded');
    },
  };
}

import { setTimeout as sleep } from 'node:timers/promises';
import type { TargetDatabase } from '../databases/target-database.ts';
import type { MigrationRecord } from '../model/migration-record.ts';
import type { Orders } from '../model/orders.ts';
import type { StopCause } from '../model/stop-cause.ts';
import type { Reporter } from '../reporters/reporter.ts';
import { createStateKeeper, type StateKeeper } from './state-keeper.ts';

/** How operators steer a run while it goes on: through the ledger, and with signals. */
export interface Steering {
  /** Moves the migration along the state table. */
  readonly state: StateKeeper;
  /** Aborted when the run has to end after the chunk at hand, whoever wants it. */
  readonly stop: AbortSignal;
  /** Why the run has to end. */
  stopCause(): StopCause;
  /** Between two chunks: obeys what operators have asked for, and waits as long as the migration is to be paused. */
  heed(): Promise<void>;
}

/** The run that is steered. */
export interface SteeredRun {
  readonly database: TargetDatabase;
  readonly migration: MigrationRecord;
  readonly workerId: number;
  readonly actor: string;
  readonly reporter: Reporter;
  /** Aborted by a signal of the operating system. */
  readonly interrupted: AbortSignal;
  /** A clock that never goes back, in milliseconds. */
  readonly elapsed: () => number;
}

/** Between two looks at the ledger, in milliseconds: a chunk takes a few, a look takes a tenth of one. */
const lookMilliseconds = 100;

/** Steers one run, from its opening to its end. */
export function createSteering(run: SteeredRun): Steering {
  const { database, migration, workerId, reporter, elapsed } = run;
  const cancellation = new AbortController();
  const stop = AbortSignal.any([run.interrupted, cancellation.signal]);
  const state = createStateKeeper(run);
  let orders: Orders = migration.orders;
  let lookedAt = Number.NEGATIVE_INFINITY;

  async function look(): Promise<void> {
    if (elapsed() - lookedAt < lookMilliseconds) return;
    orders = await database.ledger.readOrders(workerId);
    lookedAt = elapsed();
    if (orders.desired === 'cancelled') cancellation.abort();
  }

  async function waitWhilePaused(): Promise<void> {
    const after = state.current() === 'verifying' ? 'verifying' : 'running';
    await state.moveTo('paused');
    reporter.report({ kind: 'paused', by: orders.by ?? 'somebody' });
    while (orders.desired === 'paused' && !stop.aborted) {
      await sleep(lookMilliseconds, undefined, { signal: stop }).catch(() => undefined);
      await look();
    }
    if (stop.aborted) return;
    await state.moveTo(after);
    reporter.report({ kind: 'resumed', by: orders.by ?? 'somebody' });
  }

  return {
    state,
    stop,
    stopCause: () =>
      orders.desired === 'cancelled'
        ? { kind: 'cancelled', by: orders.by ?? 'somebody' }
        : { kind: 'signal' },
    async heed() {
      if (stop.aborted) return;
      await look();
      if (orders.desired === 'paused') await waitWhilePaused();
    },
  };
}

import type { Orders } from '../../model/migrations/orders.ts';
import type { SteeredRun } from './steered-run.ts';

/** What operators want of a run's migration, as far as the run knows. */
export interface OrderWatch {
  current(): Orders;
  /** Looks into the ledger, unless it has just done so. Throws `KT_RUN_TAKEN_OVER` when the lease is lost. */
  look(): Promise<Orders>;
}

/** Between two looks, in milliseconds: a chunk takes a few, a look takes a tenth of one. */
export const lookMilliseconds = 100;

/** Knows at first what the ledger said when the run was opened. */
export function createOrderWatch({ database, migration, workerId, elapsed }: SteeredRun): OrderWatch {
  let orders = migration.orders;
  // The clock began with the process: an order given since the run was opened is seen at the first look.
  let lookedAt = 0;
  return {
    current: () => orders,
    async look() {
      if (elapsed() - lookedAt < lookMilliseconds) return orders;
      orders = await database.ledger.readOrders(workerId);
      lookedAt = elapsed();
      return orders;
    },
  };
}

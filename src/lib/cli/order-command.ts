import type { Interfaces } from '@oclif/core';
import type { DesiredState } from '../model/migrations/orders.ts';
import type { MigrationStatus } from '../session/inspection/read-status.ts';
import { KeyturnCommand } from './base-command.ts';
import { describeOrder } from './description/describe-order.ts';
import type { databaseFlags } from './flags/database-flags.ts';
import type { orderFlags } from './flags/run-flags.ts';
import { recoverFirst } from './recover-first.ts';
import { renderOrder } from './rendering/render-order.ts';
import type { OrderResult } from './results/order-result.ts';

/** The flags of every command that gives an order. */
type OrderFlags = Interfaces.InferredFlags<typeof databaseFlags & typeof orderFlags>;

const desiredStates = {
  pause: 'paused',
  resume: 'running',
  cancel: 'cancelled',
} as const satisfies Readonly<Record<OrderResult['order'], DesiredState>>;

/** What `pause`, `resume` and `cancel` share: an order through the ledger, and the wait for the run to follow. */
export abstract class OrderCommand extends KeyturnCommand<OrderResult> {
  /** Gives the order. A run that has not followed within `--wait` is exit 75; the order remains. */
  protected async give(
    order: OrderResult['order'],
    { id, flags }: { readonly id: string | undefined; readonly flags: OrderFlags },
  ): Promise<OrderResult> {
    await recoverFirst('reads', flags);
    const { orderMigration } = await import('../session/orders/order-migration.ts');
    const outcome = await orderMigration(flags.database, {
      id,
      desired: desiredStates[order],
      waitMilliseconds: flags.wait,
      confirm: async (status) => this.consent?.(status),
    });
    if (outcome.kind === 'pending' && flags.wait > 0) this.endWith('temporaryFailure');
    const result = describeOrder(order, outcome, flags.database);
    this.printDeed(renderOrder(result, this.painter));
    return result;
  }

  /** Asks before the order is given; throws to give none. An order that can be undone at any time needs no question. */
  protected consent?(status: MigrationStatus): Promise<void>;
}

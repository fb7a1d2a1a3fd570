import type { DatabaseLocation } from '../../model/databases/database-location.ts';
import type { OrderOutcome } from '../../session/orders/order-migration.ts';
import type { OrderResult } from '../results/order-result.ts';
import { describeStatus } from './describe-status.ts';
import { nextCommand } from './next-command.ts';

/** The outcome of an order, as it is printed. */
export function describeOrder(
  order: OrderResult['order'],
  outcome: OrderOutcome,
  location: DatabaseLocation,
): OrderResult {
  const { migration, state, database, oldKeyId, newKeyId, cells, heldBy } = describeStatus(
    outcome.status,
    location,
  );
  const next = nextSteps(order, outcome).map((command) => nextCommand(command, location));
  return {
    migration,
    order,
    outcome: outcome.kind,
    state,
    database,
    oldKeyId,
    newKeyId,
    cells,
    heldBy,
    next,
  };
}

function nextSteps(order: OrderResult['order'], { kind, status }: OrderOutcome): readonly string[] {
  const { id, state } = status.migration;
  if (kind === 'pending') return ['status'];
  if (state === 'succeeded') return ['verify', `rollback ${id}`];
  if (state === 'cancelled') return [`rollback ${id}`, 'plan'];
  switch (order) {
    case 'pause':
      return ['resume', 'status'];
    case 'resume':
      return kind === 'no run' ? ['execute'] : ['status --watch'];
    case 'cancel':
      return ['status'];
  }
}

import type { Kysely } from 'kysely';
import { KeyturnError } from '../../model/keyturn-error.ts';
import type { Orders } from '../../model/migrations/orders.ts';
import { noLimits, type SpeedLimits } from '../../model/runs/speed-limits.ts';
import { appendEvent } from '../events/event-chain.ts';
import type { NewLimits, NewOrder } from '../ledger-notes.ts';
import type { LedgerTables } from '../schema/tables.ts';
import { takenOver } from './run-store.ts';

/** What operators want of the migration that a run works on. A run that was taken over is `KT_RUN_TAKEN_OVER`. */
export async function readOrders(ledger: Kysely<LedgerTables>, workerId: number): Promise<Orders> {
  const row = await ledger
    .selectFrom('keyturn_worker as worker')
    .innerJoin('keyturn_migration as migration', 'migration.id', 'worker.migration_id')
    .select(['migration.desired_state', 'migration.desired_by', 'migration.knobs'])
    .where('worker.id', '=', workerId)
    .where('worker.state', '=', 'running')
    .executeTakeFirst();
  if (!row) throw takenOver();
  return { desired: row.desired_state, by: row.desired_by, limits: readLimits(row.knobs) };
}

const eventTypes = {
  running: 'resume ordered',
  paused: 'pause ordered',
  cancelled: 'cancel ordered',
} as const;

/** Records what an operator wants, unless the migration has ended, or another operator was quicker. */
export async function giveOrder(ledger: Kysely<LedgerTables>, order: NewOrder): Promise<void> {
  const { id, state, orders } = order.migration;
  const result = await ledger
    .updateTable('keyturn_migration')
    .set({ desired_state: order.desired, desired_by: order.actor })
    .where('id', '=', id)
    .where('state', 'not in', ['succeeded', 'cancelled'])
    .where('desired_state', '=', orders.desired)
    .executeTakeFirst();
  if (result.numUpdatedRows !== 1n) throw movedMeanwhile(id);
  await appendEvent(ledger, {
    migrationId: id,
    actor: order.actor,
    type: eventTypes[order.desired],
    body: { state, before: orders.desired },
  });
}

/** Turns some of the limits of a migration, if they still are as that operator has seen them. */
export async function limitSpeed(
  ledger: Kysely<LedgerTables>,
  { migration, limits, actor }: NewLimits,
): Promise<void> {
  const before = migration.orders.limits;
  const result = await ledger
    .updateTable('keyturn_migration')
    .set({ knobs: writeLimits({ ...before, ...limits }) })
    .where('id', '=', migration.id)
    .where('state', 'not in', ['succeeded', 'cancelled'])
    .where('knobs', 'in', [writeLimits(before), '{}'])
    .executeTakeFirst();
  if (result.numUpdatedRows !== 1n) throw movedMeanwhile(migration.id);
  await appendEvent(ledger, {
    migrationId: migration.id,
    actor,
    type: 'limits changed',
    body: { ...limits },
  });
}

/** What the ledger holds of the limits; those it does not name are off. */
export function readLimits(text = '{}'): SpeedLimits {
  return { ...noLimits, ...(JSON.parse(text) as Partial<SpeedLimits>) };
}

function writeLimits({ batchRows, maximumRowsPerSecond, niceRatio }: SpeedLimits): string {
  return JSON.stringify({ batchRows, maximumRowsPerSecond, niceRatio });
}

function movedMeanwhile(id: string): KeyturnError {
  return new KeyturnError({
    code: 'KT_MOVED_MEANWHILE',
    reason: 'locked',
    message: `migration ${id} has ended, or somebody else has given an order, while this command looked at it`,
    hints: ['keyturn status', 'run the same command again'],
  });
}

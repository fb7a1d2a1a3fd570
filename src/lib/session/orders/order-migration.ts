import { setTimeout as sleep } from 'node:timers/promises';
import type { TargetDatabase } from '../../databases/target-database.ts';
import { lives } from '../../engine/runs/living-runs.ts';
import type { DatabaseLocation } from '../../model/databases/database-location.ts';
import { KeyturnError } from '../../model/keyturn-error.ts';
import type { MigrationRecord } from '../../model/migrations/migration-record.ts';
import { isUnfinished } from '../../model/migrations/migration-state.ts';
import type { DesiredState } from '../../model/migrations/orders.ts';
import { openDatabase } from '../database/open-database.ts';
import { requireMigration, requireUnfinished } from '../database/recorded-migrations.ts';
import { currentRunner } from '../database/run-owner.ts';
import { readStatus, type MigrationStatus } from '../inspection/read-status.ts';

/** What an operator wants of a migration. */
export interface OrderRequest {
  /** The migration, or the beginning of its id; undefined: the one that has not finished. */
  readonly id: string | undefined;
  readonly desired: DesiredState;
  /** How long to wait for the run to follow, in milliseconds. */
  readonly waitMilliseconds: number;
  /** Asked with what is about to be given up; throws to leave everything as it is. */
  readonly confirm: (status: MigrationStatus) => Promise<void>;
}

/** The outcome of an order. */
export interface OrderOutcome {
  /** `pending`: the run has not followed yet; `no run`: no run lives, a later one will follow. */
  readonly kind: 'followed' | 'pending' | 'no run';
  readonly status: MigrationStatus;
}

/** Between two looks at whether the run has followed, in milliseconds. */
const pollMilliseconds = 100;

/** Gives an order through the ledger, wherever the run may be, and waits for the run to follow. */
export async function orderMigration(
  location: DatabaseLocation,
  request: OrderRequest,
): Promise<OrderOutcome> {
  const database = await openDatabase(location, { access: 'write', use: 'shared' });
  try {
    const migration = await requireUnfinished(database, request.id);
    await request.confirm(await readStatus(database, migration));
    await giveOrder(database, migration, request.desired);
    return await follow(database, migration.id, request);
  } finally {
    await database.close();
  }
}

async function giveOrder(
  database: TargetDatabase,
  migration: MigrationRecord,
  desired: DesiredState,
): Promise<void> {
  if (migration.orders.desired === desired) return;
  if (migration.orders.desired === 'cancelled') throw beingCancelled(migration);
  const { actor } = currentRunner();
  await database.transaction(async ({ ledger }) => {
    await ledger.install();
    await ledger.giveOrder({ migration, desired, actor });
  });
}

/** Waits until the run has followed; a migration without a run is cancelled at once. */
async function follow(
  database: TargetDatabase,
  id: string,
  { desired, waitMilliseconds }: OrderRequest,
): Promise<OrderOutcome> {
  const deadline = performance.now() + waitMilliseconds;
  for (;;) {
    const isRunning = await hasLivingRun(database);
    if (!isRunning && desired === 'cancelled') await giveUp(database, id);
    const migration = await requireMigration(database, id);
    const kind = hasFollowed(migration, desired) ? 'followed' : isRunning ? 'pending' : 'no run';
    if (kind !== 'pending' || performance.now() >= deadline)
      return { kind, status: await readStatus(database, migration) };
    await sleep(pollMilliseconds);
  }
}

/** Cancels a migration without a living run; runs whose process is gone are closed. */
function giveUp(database: TargetDatabase, id: string): Promise<void> {
  const runner = currentRunner();
  return database.transaction(async ({ ledger }) => {
    const leases = await ledger.listLeases();
    const migration = await ledger.findMigration(id);
    if (!migration || !isUnfinished(migration.state)) return;
    if (leases.some((lease) => lives(lease, runner))) return;
    for (const lease of leases) await ledger.takeOverRun(lease, runner.owner);
    await ledger.changeState({
      migrationId: id,
      from: migration.state,
      to: 'cancelled',
      actor: runner.actor,
    });
  });
}

async function hasLivingRun({ ledger }: TargetDatabase): Promise<boolean> {
  const runner = currentRunner();
  return (await ledger.listLeases()).some((lease) => lives(lease, runner));
}

/** A migration that has ended on its own has nothing left to follow. */
function hasFollowed({ state }: MigrationRecord, desired: DesiredState): boolean {
  if (!isUnfinished(state)) return true;
  switch (desired) {
    case 'paused':
      return state === 'paused';
    case 'running':
      return state !== 'paused';
    case 'cancelled':
      return false;
  }
}

function beingCancelled({ id, orders }: MigrationRecord): KeyturnError {
  return new KeyturnError({
    code: 'KT_BEING_CANCELLED',
    reason: 'locked',
    message: `migration ${id} is being given up${orders.by === null ? '' : ` by ${orders.by}`}, which is final`,
    hints: ['keyturn status', `keyturn rollback ${id}`],
  });
}

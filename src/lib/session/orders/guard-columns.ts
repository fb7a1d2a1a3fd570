import type { TargetDatabase, TargetTransaction } from '../../databases/target-database.ts';
import { renderColumnName } from '../../model/columns/column-name.ts';
import type { DatabaseLocation } from '../../model/databases/database-location.ts';
import { KeyturnError } from '../../model/keyturn-error.ts';
import type { MigrationRecord } from '../../model/migrations/migration-record.ts';
import type { PlannedColumn } from '../../model/plans/plan.ts';
import type { GuardedShape, GuardMode, GuardOrder } from '../../model/schema/guard.ts';
import { presentTargetsOf } from '../../planning/census/census.ts';
import { openDatabase } from '../database/open-database.ts';
import { requireMigration } from '../database/recorded-migrations.ts';
import { currentRunner } from '../database/run-owner.ts';
import { formatOf } from '../formats/bind-transcoder.ts';
import { readGuards, type GuardStatus } from '../inspection/read-guards.ts';

/**
 * Guards the columns of the latest migration, or ends all guards, in one transaction: killed at any instant, it has
 * happened or it has not. Counters begin anew. A run that is at work goes on: what it writes itself passes the guards.
 */
export async function setGuards(
  location: DatabaseLocation,
  wanted: GuardMode | 'off',
): Promise<readonly GuardStatus[]> {
  const database = await openDatabase(location, { access: 'write', use: 'shared' });
  try {
    const orders = wanted === 'off' ? [] : await ordersFor(database, wanted);
    const before = await readGuards(database);
    await database.transaction(async (transaction) => {
      await transaction.ledger.install();
      await replaceGuards(transaction, before, orders);
    });
    return await readGuards(database);
  } finally {
    await database.close();
  }
}

async function replaceGuards(
  { ledger, guards }: TargetTransaction,
  before: readonly GuardStatus[],
  orders: readonly GuardOrder[],
): Promise<void> {
  const { actor } = currentRunner();
  for (const guard of await ledger.listGuards()) {
    await guards.drop(guard.id);
    await ledger.forgetGuard(before.find(({ id }) => id === guard.id) ?? guard, actor);
  }
  for (const order of orders) await guards.create(await ledger.recordGuard(order, actor), order);
}

/** Columns that mix cells and other values on purpose have no shape to be held to. Guarded is where the cells stand. */
async function ordersFor(database: TargetDatabase, mode: GuardMode): Promise<readonly GuardOrder[]> {
  const migration = await requireMigration(database, undefined);
  const present = presentTargetsOf(migration.plan, await database.listTables());
  const orders = migration.plan.targets.flatMap(({ table, columns }) =>
    columns
      .filter(({ unrecognised, to }) => unrecognised === 'quarantine' && to.kind === 'encrypted')
      .map((column): GuardOrder => ({
        table,
        column: column.into?.column ?? column.name,
        mode,
        shapes: shapesOf(column, migration),
      })),
  );
  const possible = orders.filter(({ table, column }) =>
    present.some((target) => target.table === table && target.columns.includes(column)),
  );
  if (possible.length > 0) return possible;
  const names = migration.plan.targets.map((target) => renderColumnName(target));
  throw new KeyturnError({
    code: 'KT_NOTHING_FOUND',
    reason: 'nothingFound',
    message: `migration ${migration.id} has no column left that holds cells and nothing else: ${names.join(', ')}`,
    hints: ['keyturn status'],
  });
}

/** While a migration is under way, cells of both states may be written. */
function shapesOf({ from, to }: PlannedColumn, { state }: MigrationRecord): readonly GuardedShape[] {
  const states = state === 'succeeded' ? [to] : [from, to];
  const formats = new Set(states.filter(({ kind }) => kind === 'encrypted').map(formatOf));
  return [...formats].map(({ candidate, stencil }) => ({
    minimumLength: candidate.minimumLength,
    prefix: stencil?.prefix ?? (candidate.firstCharacters?.length === 1 ? candidate.firstCharacters : ''),
    characters: stencil?.characters ?? null,
  }));
}

import type { TargetTransaction } from '../../databases/target-database.ts';
import type { MigrationRun } from '../migration-run.ts';
import type { ColumnLookup } from './existing-columns.ts';

/**
 * Forgets pairs of a migration that is taken back whose column of cells somebody has dropped, and takes along what of their triggers
 * is left: no plan names them any more. One whose plaintext has been retired stays known, with what it was.
 */
export async function forgetLostPairs(
  { migration, runner: { actor } }: Pick<MigrationRun, 'migration' | 'runner'>,
  { ledger, pairs }: TargetTransaction,
  exists: ColumnLookup,
): Promise<void> {
  if (migration.reverses === null) return;
  const tables = new Set(migration.plan.targets.map(({ table }) => table));
  for (const pair of await ledger.listPairs()) {
    if (pair.retired !== null || !tables.has(pair.table) || exists(pair.table, pair.cells)) continue;
    await pairs.unwatch(pair, 'all');
    await ledger.forgetPair(pair, actor);
  }
}

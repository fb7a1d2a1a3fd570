import type { TargetTransaction } from '../../databases/target-database.ts';
import { findIndex, type IndexRecord } from '../../model/columns/blind-index.ts';
import { indexesKept } from '../../model/plans/batch-layout.ts';
import { reached } from '../../model/runs/step.ts';
import type { MigrationRun } from '../migration-run.ts';
import { noteFingerprints, withFingerprints } from '../note-fingerprints.ts';
import { sweepUntilClean } from '../passes/sweep.ts';
import type { RunEnd } from '../run-end.ts';
import type { ActiveRun } from '../steering/courtesy.ts';

/** An index and the one that is to take its column. */
interface IndexSwap {
  readonly old: IndexRecord;
  readonly by: IndexRecord;
}

/** Tells whether a migration makes indexes that are to take the place of others. */
export function replacesIndexes({ migration }: Pick<MigrationRun, 'migration'>): boolean {
  const columns = migration.plan.targets.flatMap((target) => target.columns);
  return columns.flatMap(indexesKept).some(({ replaces }) => replaces !== undefined);
}

/** The indexes of a migration that have not taken their places yet. */
export async function pendingSwaps({ database, targets }: MigrationRun): Promise<readonly IndexSwap[]> {
  const known = await database.ledger.listIndexes();
  return targets.flatMap(({ planned: { table, columns } }) =>
    columns.flatMap(indexesKept).flatMap((definition) => {
      const by = findIndex(known, table, definition);
      const old = known.find((one) => one.table === table && one.column === by?.replaces);
      return by && old ? [{ old, by }] : [];
    }),
  );
}

/**
 * Lets the new indexes take the columns of the old ones, all in one transaction, and sweeps once more: what others have written
 * up to that instant under the old key is found by it. Goes on where it was interrupted.
 */
export async function swapIndexes(run: ActiveRun): Promise<RunEnd> {
  const swaps = await pendingSwaps(run);
  const { actor } = run.runner;
  const fingerprints = await run.steering.state.moveWith('finalizing', async (transaction) => {
    for (const swap of swaps) await swapColumns(transaction, swap, actor);
    return noteFingerprints(transaction, run.targets);
  });
  reached('indexes swapped');
  const bound = await run.bindTargets();
  return sweepUntilClean({ ...run, targets: withFingerprints(bound, fingerprints) }, 'unwatched');
}

async function swapColumns(
  { ledger, pairs, indexes }: TargetTransaction,
  { old, by }: IndexSwap,
  actor: string,
): Promise<void> {
  await indexes.drop(old);
  await pairs.dropColumn(old);
  await indexes.rename(by, old.column);
  await ledger.replaceIndex(old, { by, actor });
}

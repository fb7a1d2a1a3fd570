import type { TargetDatabase } from '../../databases/target-database.ts';
import { findIndex } from '../../model/columns/blind-index.ts';
import { indexesKept } from '../../model/plans/batch-layout.ts';
import type { OpenedRun } from '../runs/open-run.ts';

/**
 * Has the database's own indexes over blind indexes built beside writers, where the database does that outside of the transaction
 * which made their columns. Done before any of them is filled, so that a value that is there twice is refused with its row.
 */
export async function buildIndexes(database: TargetDatabase, { migration }: OpenedRun): Promise<void> {
  if (database.buildIndexes === undefined) return;
  const known = await database.ledger.listIndexes();
  const planned = migration.plan.targets.flatMap(({ table, columns }) =>
    columns.flatMap(indexesKept).flatMap((definition) => findIndex(known, table, definition) ?? []),
  );
  if (planned.length === 0) return;
  await database.buildIndexes(planned);
}

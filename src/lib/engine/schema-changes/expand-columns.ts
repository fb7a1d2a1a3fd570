import type { TargetDatabase, TargetTransaction } from '../../databases/target-database.ts';
import { indexesKept } from '../../model/plans/batch-layout.ts';
import type { PlannedColumn } from '../../model/plans/plan.ts';
import { findPair, plannedPair } from '../../model/plans/planned-pair.ts';
import { reached } from '../../model/runs/step.ts';
import type { PairRecord } from '../../model/schema/column-pair.ts';
import type { OpenedRun } from '../runs/open-run.ts';
import { addIndexes, hasLostIndexes } from './add-indexes.ts';
import { lookUpColumns, type ColumnLookup } from './existing-columns.ts';

/**
 * Makes the columns that values go into, and those of blind indexes, and has marked from then on what others write to either of
 * two: all in one transaction, so that no write goes unseen. A migration does this once, however often it is resumed, but for blind
 * indexes that somebody has dropped since.
 */
export async function expandColumns(
  database: TargetDatabase,
  run: OpenedRun,
  actor: string,
): Promise<OpenedRun> {
  const { migration, workerId } = run;
  const { targets } = migration.plan;
  const isExpanded = targets.every(
    ({ columns }, index) => !columns.some(bringsColumns) || migration.targets[index]?.shape === 'altered',
  );
  const exists = await lookUpColumns(database);
  const indexes = await database.ledger.listIndexes();
  const isWhole = !targets.some((target) => hasLostIndexes(indexes, { ...target, exists }));
  if (isExpanded && isWhole) return run;
  const expanded = await database.transaction(async (transaction) => {
    await transaction.ledger.holdRun(workerId);
    const known = await transaction.ledger.listPairs();
    for (const [index, { table, columns }] of targets.entries()) {
      const paired = isExpanded ? [] : columns.filter(({ into }) => into !== undefined);
      for (const column of paired) {
        const pair =
          findPair(known, table, column) ?? (await makePair(transaction, { table, column, exists, actor }));
        const isWayBack = column.to.kind === 'plaintext';
        if (isWayBack && pair.retired) await transaction.pairs.readd(pair, pair.retired);
        await transaction.pairs.unwatch(pair, 'all');
        await transaction.pairs.watch(pair);
        // Only defaults get into a retired column: what the application wrote stands in the other one.
        if (isWayBack && pair.retired) await transaction.pairs.prefer(pair, 'cells');
      }
      await addIndexes(transaction, { plan: migration.plan, table, columns, exists, actor });
      const id = migration.targets[index]?.id;
      if (!columns.some(bringsColumns) || id === undefined) continue;
      await transaction.ledger.noteFingerprint(id, await transaction.pairs.fingerprint(table));
    }
    return transaction.ledger.findMigration(migration.id);
  });
  reached('columns expanded');
  return { ...run, migration: expanded ?? migration };
}

function bringsColumns(column: PlannedColumn): boolean {
  return column.into !== undefined || indexesKept(column).length > 0;
}

interface NewPair {
  readonly table: string;
  readonly column: PlannedColumn;
  readonly exists: ColumnLookup;
  readonly actor: string;
}

async function makePair(
  { ledger, pairs }: TargetTransaction,
  { table, column, exists, actor }: NewPair,
): Promise<PairRecord> {
  const pair = plannedPair(table, column);
  if (pair === undefined || column.into === undefined)
    throw new Error('a column that stays where it is has no pair');
  const { column: name, type } = column.into;
  const isThere = exists(table, name);
  if (!isThere) await pairs.addColumn({ table, column: name, type });
  return ledger.recordPair({ ...pair, cellsColumn: isThere ? 'found' : 'added' }, actor);
}

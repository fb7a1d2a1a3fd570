import type { TargetDatabase } from '../../databases/target-database.ts';
import type { OpenedRun } from '../../engine/runs/open-run.ts';
import { addIndexes, hasLostIndexes } from '../../engine/schema-changes/add-indexes.ts';
import { lookUpColumns } from '../../engine/schema-changes/existing-columns.ts';
import { refuseOtherShape } from '../../planning/check-plan.ts';

/**
 * Makes the columns of blind indexes again that somebody has dropped since a migration has made them; its sweeps fill them. Only where a
 * table is what it was once they are back: otherwise nothing is made, and the plan does not fit (exit 13). Columns that go into
 * others are not looked at: their tables may be altered meanwhile.
 */
export async function remakeIndexes(
  database: TargetDatabase,
  { migration, workerId }: OpenedRun,
  actor: string,
): Promise<void> {
  const { plan } = migration;
  const exists = await lookUpColumns(database);
  const known = await database.ledger.listIndexes();
  const lacking = plan.targets.filter(
    (target, index) =>
      // One that was planned without them gets them with its first run.
      migration.targets[index]?.shape === 'altered' &&
      target.columns.every(({ into }) => into === undefined) &&
      hasLostIndexes(known, { ...target, exists }),
  );
  if (lacking.length === 0) return;
  await database.transaction(async (transaction) => {
    await transaction.ledger.holdRun(workerId);
    for (const target of lacking) {
      const { table, columns } = target;
      await addIndexes(transaction, { plan, table, columns, exists, actor });
      refuseOtherShape(plan, target, await transaction.pairs.fingerprint(table));
    }
  });
}

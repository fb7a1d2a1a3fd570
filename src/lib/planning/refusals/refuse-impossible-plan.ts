import type { TargetDatabase } from '../../databases/target-database.ts';
import { renderColumnName } from '../../model/columns/column-name.ts';
import { KeyturnError } from '../../model/keyturn-error.ts';
import type { Plan } from '../../model/plans/plan.ts';
import { columnsKeepingTheOldKey, isUnwritable } from '../columns-keeping-the-old-key.ts';

/**
 * Throws where a plan cannot come to a good end, however often it is run: where every update of a table fails
 * (`KT_STATEMENT_REFUSED`), or where columns hold cells under the old key that nobody can rewrite
 * (`KT_UNWRITABLE_COLUMN`). Columns that the operator left out are known to keep the old key.
 */
export async function refuseImpossiblePlan(database: TargetDatabase, plan: Plan): Promise<void> {
  const kept = columnsKeepingTheOldKey(plan).filter(isUnwritable);
  if (kept.length > 0) throw staysUnderTheOldKey(kept);
  for (const { table, columns } of plan.targets) {
    // A column that is not there yet cannot make an update fail.
    const names = columns.map(({ name }) => name);
    await database.openTable(table, names).refuseBrokenUpdate();
  }
}

function staysUnderTheOldKey(kept: Plan['excluded']): KeyturnError {
  const names = kept.map((column) => renderColumnName(column));
  return new KeyturnError({
    code: 'KT_UNWRITABLE_COLUMN',
    reason: 'usage',
    message: `cells under the old key stand where they cannot be rewritten: ${kept
      .map((column, index) => `${names[index] ?? ''} is ${column.reason}`)
      .join('; ')}`,
    hints: [
      'change the schema so that an ordinary column holds them, then run the same command again',
      `leave them under the old key, which stays needed: ${names.map((name) => `--exclude '${name}'`).join(' ')}`,
    ],
  });
}

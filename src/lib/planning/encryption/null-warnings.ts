import type { TargetDatabase } from '../../databases/target-database.ts';
import { renderColumnName } from '../../model/columns/column-name.ts';
import type { Plan } from '../../model/plans/plan.ts';
import { columnsToPart } from '../../model/plans/planned-pair.ts';
import { findEmptyingRefusal } from './find-emptying-refusal.ts';

/** Which columns of plaintext cannot be emptied at the end of an encryption into others. */
export async function nullWarnings(database: TargetDatabase, plan: Plan): Promise<readonly string[]> {
  const warnings: string[] = [];
  for (const column of columnsToPart(plan)) {
    const refusal = await findEmptyingRefusal(database, column);
    if (refusal === undefined) continue;
    warnings.push(
      `${renderColumnName(column)}: ${refusal.why}, so that "keyturn finalize" cannot empty it: ${refusal.remedy} before that`,
    );
  }
  return warnings;
}

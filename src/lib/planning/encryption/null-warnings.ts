import type { TargetDatabase } from '../../databases/target-database.ts';
import { renderColumnName } from '../../model/column-name.ts';
import type { Plan } from '../../model/plan.ts';
import { columnsToPart } from '../../model/planned-pair.ts';

/** Which columns of plaintext cannot be emptied at the end of an encryption into others. */
export async function nullWarnings(database: TargetDatabase, plan: Plan): Promise<readonly string[]> {
  const warnings: string[] = [];
  for (const column of columnsToPart(plan)) {
    const refusal = await database.findNullRefusal(column);
    if (refusal === undefined) continue;
    warnings.push(
      `${renderColumnName(column)}: ${refusal} lets no row be without a value, so that "keyturn finalize" cannot empty it`,
    );
  }
  return warnings;
}

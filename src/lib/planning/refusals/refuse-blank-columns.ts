import type { TargetDatabase } from '../../databases/target-database.ts';
import { areBlank, blankText } from '../../model/columns/column-census.ts';
import { renderColumnName } from '../../model/columns/column-name.ts';
import { KeyturnError } from '../../model/keyturn-error.ts';
import type { Plan } from '../../model/plans/plan.ts';
import { censusOfColumns, censusTargetsOf } from '../census/census.ts';
import type { RotationCiphers } from '../rotation-ciphers.ts';

/** Throws where no column of a rotation holds a value (exit 17): every cell is counted, whatever a sample has shown. */
export async function refuseBlankColumns(
  database: TargetDatabase,
  plan: Plan,
  ciphers: RotationCiphers,
): Promise<void> {
  const census = await censusOfColumns(database, censusTargetsOf(plan), { ciphers });
  if (!census.every(({ cells }) => areBlank(cells))) return;
  const columns = census.map((one) => `${renderColumnName(one)} holds no value (${blankText(one.cells)})`);
  throw new KeyturnError({
    code: 'KT_NOTHING_FOUND',
    reason: 'nothingFound',
    message: `nothing to rotate: ${columns.join(', ')}`,
    hints: [
      'leave --column out to find the encrypted columns of the whole database',
      'check that this is the database the application uses',
    ],
  });
}

import { blankText, type ColumnCensus } from '../../model/columns/column-census.ts';
import { renderColumnName } from '../../model/columns/column-name.ts';
import { KeyturnError } from '../../model/keyturn-error.ts';

/** Throws, where the columns of a rotation are `blank`: none of them holds a value (exit 17). */
export function refuseBlankColumns(blank: readonly ColumnCensus[] | undefined): void {
  if (!blank) return;
  const columns = blank.map((one) => `${renderColumnName(one)} holds no value (${blankText(one.cells)})`);
  throw new KeyturnError({
    code: 'KT_NOTHING_FOUND',
    reason: 'nothingFound',
    message: `nothing to rotate: ${columns.join(', ')}`,
    hints: [
      'keyturn plan   # finds the encrypted columns of the whole database',
      'check that this is the database the application uses',
    ],
  });
}

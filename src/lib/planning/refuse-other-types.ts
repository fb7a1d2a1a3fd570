import type { ColumnDescription } from '../databases/target-database.ts';
import { KeyturnError } from '../model/keyturn-error.ts';
import { renderColumnName } from '../model/column-name.ts';

/** Throws where the type of a column has no room for a cell (exit 2). */
export function refuseOtherTypes(table: string, { name, declaredType, holds }: ColumnDescription): void {
  if (holds === 'cells') return;
  const why = holds === 'other values' ? 'cannot hold cells' : 'can be rotated, but not encrypted in place';
  throw new KeyturnError({
    code: 'KT_UNWRITABLE_COLUMN',
    reason: 'usage',
    message: `column ${renderColumnName({ table, column: name })} ${why}: its type is ${declaredType}`,
    hints: [
      "encrypt it into a column that can: --into '{column}_encrypted'",
      'give it a type that can, and the application with it: ALTER TABLE ... ALTER COLUMN ... TYPE text',
      'leave it out of --column',
    ],
  });
}

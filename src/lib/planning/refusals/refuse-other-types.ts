import type { ColumnDescription } from '../../databases/table-description.ts';
import { renderColumnName } from '../../model/columns/column-name.ts';
import { KeyturnError } from '../../model/keyturn-error.ts';
import { shellWord } from '../../model/texts/shell-word.ts';

/** Throws where the type of a column has no room for a cell (exit 2). */
export function refuseOtherTypes(
  table: string,
  { name, declaredType, holds, kind }: ColumnDescription,
): void {
  if (holds === 'cells') return;
  const column = renderColumnName({ table, column: name });
  const isRotated = holds !== 'other values' && kind === 'ordinary';
  const why = isRotated ? 'can be rotated, but not encrypted in place' : 'cannot hold cells';
  throw new KeyturnError({
    code: 'KT_UNWRITABLE_COLUMN',
    reason: 'usage',
    message: `column ${column} ${why}: its type is ${declaredType}`,
    hints: [
      `encrypt it into a column of its own: keyturn encrypt --column ${shellWord(column)} --into '{column}_encrypted'`,
      'give it a type that can, and the application with it: ALTER TABLE ... ALTER COLUMN ... TYPE text',
      'leave it out of --column',
    ],
  });
}

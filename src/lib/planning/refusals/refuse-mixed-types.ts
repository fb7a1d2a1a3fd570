import type { CellFormat } from '../../formats/cell-format.ts';
import { renderColumnName } from '../../model/columns/column-name.ts';
import { KeyturnError } from '../../model/keyturn-error.ts';

/** Throws where one type has to stand for all values of a column, and they have several. */
export function refuseMixedTypes(
  table: string,
  column: string,
  { format, types }: { readonly format: CellFormat; readonly types: readonly string[] },
): void {
  if (types.length < 2 || format.types === 'in each cell') return;
  throw new KeyturnError({
    code: 'KT_MIXED_TYPES',
    reason: 'usage',
    message:
      `column ${renderColumnName({ table, column })} holds values of several types (${types.join(', ')}), ` +
      `and a ${format.name} cell does not say which its plaintext was`,
    hints: ['use a format that keeps the type: --format tink-xaes'],
  });
}

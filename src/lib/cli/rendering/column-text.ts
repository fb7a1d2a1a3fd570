import { renderColumnName } from '../../model/column-name.ts';
import { printable } from '../../reporters/printable.ts';

/** `table.column`, as `--column` and `--exclude` take it, fit for a terminal. */
export function columnText({ table, column }: { readonly table: string; readonly column: string }): string {
  return printable(renderColumnName({ table, column }));
}

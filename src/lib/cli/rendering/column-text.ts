import { renderColumnName } from '../../model/columns/column-name.ts';
import type { PlacedColumn } from '../../model/columns/placed-column.ts';
import { printable } from '../../reporters/printable.ts';

/** `table.column`, as `--column` and `--exclude` take it, fit for a terminal. */
export function columnText({ table, column }: PlacedColumn): string {
  return printable(renderColumnName({ table, column }));
}

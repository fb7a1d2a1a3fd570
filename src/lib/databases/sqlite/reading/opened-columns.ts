import type { OpenedColumn } from '../../../model/columns/opened-column.ts';
import { quoteIdentifier } from '../../quote-identifier.ts';
import { selectedSide } from '../columns/mark-key.ts';
import type { TableShape } from '../schema/schema.ts';

/** An expression that selects an opened column. */
export function selectedColumn(shape: TableShape, column: OpenedColumn): string {
  if (typeof column === 'object' && column.kind === 'side') return selectedSide(shape, column.pairId);
  return storedName(column) ?? 'NULL';
}

/** The quoted name of a column that the table itself has. */
export function storedName(column: OpenedColumn): string | undefined {
  if (typeof column === 'string') return quoteIdentifier(column);
  return column.kind === 'value' ? quoteIdentifier(column.name) : undefined;
}

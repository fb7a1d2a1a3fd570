import type { ColumnDescription } from '../../databases/table-description.ts';
import type { TargetDatabase } from '../../databases/target-database.ts';
import type { TargetTable } from '../../databases/target-table.ts';
import type { CellFormat } from '../../formats/cell-format.ts';
import type { ColumnPlace } from '../../model/cells/cell-places.ts';
import type { OpenedColumn } from '../../model/columns/opened-column.ts';
import type { CensusCiphers } from '../rotation-ciphers.ts';

/** Opens some columns of a table so that cells of these formats can be opened where they stand. */
export function openPlacedTable(
  database: TargetDatabase,
  { table, columns }: { readonly table: string; readonly columns: readonly OpenedColumn[] },
  formats: readonly Pick<CellFormat, 'binding'>[],
): TargetTable {
  const isBoundToRow = formats.some(({ binding }) => binding === 'row');
  return database.openTable(table, columns, isBoundToRow ? 'read' : 'ignored');
}

/** The formats of both states. */
export function formatsOf(ciphers: CensusCiphers): readonly CellFormat[] {
  return [ciphers.old.format, ciphers.new.format];
}

/** A column's place for a plan, which leaves out what its names say anyway. */
export function plannedPlace(
  table: string,
  { name, place }: Pick<ColumnDescription, 'name' | 'place'>,
): { readonly place?: ColumnPlace } {
  return place.table === table && place.column === name ? {} : { place };
}

import { refuseKeepers } from '../../databases/column-stays.ts';
import type { DatabaseLocation } from '../../model/database-location.ts';
import type { PlacedColumn } from '../../model/planned-pair.ts';
import { withReadOnlyDatabase } from '../database/open-database.ts';

/** Throws where something keeps one of the columns from being dropped (exit 2), before anything has been changed. */
export function refuseKeptColumns(
  location: DatabaseLocation,
  columns: readonly PlacedColumn[],
): Promise<void> {
  return withReadOnlyDatabase(location, async (database) => {
    for (const column of columns) refuseKeepers(column, await database.listDependants(column));
  });
}

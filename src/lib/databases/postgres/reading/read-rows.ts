import type { RowBatch, RowKey } from '../../../model/cells/row-batch.ts';
import type { PostgresSession } from '../connection/session.ts';
import type { TableQuery } from './table-query.ts';

/** Reads single rows as they stand; those that are gone are left out. */
export async function readRows(
  session: PostgresSession,
  { addressing, selectCells, toBatch }: TableQuery,
  keys: readonly RowKey[],
): Promise<RowBatch> {
  const { arrays, names, values, join } = addressing.list(keys, 1);
  const wanted = `unnest(${arrays.join(', ')}) AS wanted(${names.join(', ')})`;
  const { rows } = await session.query({ text: `${selectCells} JOIN ${wanted} ON ${join}`, values });
  return toBatch(rows);
}

import type { RowKey } from '../../../model/cells/row-batch.ts';
import type { PostgresSession } from '../connection/session.ts';
import type { TableShape } from '../schema/table-shape.ts';

/** No block holds more rows than this (MaxHeapTuplesPerPage), so that this one is behind all of a block. */
const lastOfBlock = 65_535;

/** What a table without statistics is taken to hold in a block. */
const assumedRowsPerBlock = 20;

/**
 * The end of the next blocks of a table that has no key, as many as hold about so many rows; `null` behind its last
 * block. Rows are named by block and number, which the server can look up but not sort by.
 */
export async function nextPlace(
  session: PostgresSession,
  { oid }: TableShape,
  { after, rows }: { readonly after: RowKey | null; readonly rows: number },
): Promise<RowKey | null> {
  const result = await session.query({
    text: `SELECT pg_relation_size(oid) / current_setting('block_size')::int8,
             CASE WHEN reltuples > 0 AND relpages > 0 THEN reltuples / relpages ELSE ${String(assumedRowsPerBlock)} END
           FROM pg_class WHERE oid = $1::oid`,
    values: [oid],
  });
  const [blocks, rowsPerBlock] = (result.rows[0] ?? ['0', '1']).map(Number);
  const begin = after === null ? 0 : blockOf(after) + 1;
  if (begin >= (blocks ?? 0)) return null;
  const end = begin + Math.max(1, Math.floor(rows / Math.max(rowsPerBlock ?? 1, 1))) - 1;
  return JSON.stringify([`(${String(end)},${String(lastOfBlock)})`]);
}

function blockOf(key: RowKey): number {
  return Number(/\((?<block>\d+),/u.exec(String(key))?.groups?.['block']);
}

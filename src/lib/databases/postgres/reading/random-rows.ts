import type { RowBatch } from '../../../model/cells/row-batch.ts';
import { chooseSample } from '../../choose-sample.ts';
import type { BatchLimits } from '../../target-table.ts';
import type { PostgresSession } from '../connection/session.ts';
import { rowBytes } from './cell-text.ts';
import { readRows } from './read-rows.ts';
import type { TableQuery } from './table-query.ts';
import { countRows } from './table-size.ts';

/** Blocks hold many rows: so many times more of them are looked at than needed, and rows of them picked. */
const moreBlocks = 4;

/** Rows of random blocks, in random order. What is too large is never read. */
export async function readRandom(
  session: PostgresSession,
  query: TableQuery,
  { rows, bytes }: BatchLimits,
): Promise<RowBatch> {
  const { addressing, from, shape, columns } = query;
  const total = await countRows(session, shape);
  const percent = Math.min(100, (100 * moreBlocks * rows) / Math.max(total, 1));
  const sizes = await session.query({
    text: `SELECT ${addressing.keyExpression}, ${rowBytes(columns)} ${from} TABLESAMPLE SYSTEM (${percent.toFixed(6)})
           ORDER BY random() LIMIT $1::int8`,
    values: [String(rows)],
  });
  const found = sizes.rows.map(([key, size]) => [key ?? '', Number(size)] as const);
  return readRows(
    session,
    query,
    chooseSample([found], bytes).map((key) => addressing.parse(key)),
  );
}

import type { RowBatch } from '../../../model/cells/row-batch.ts';
import { chooseSample, type SampleStrip } from '../../choose-sample.ts';
import type { BatchLimits } from '../../target-table.ts';
import type { PostgresSession } from '../connection/session.ts';
import { rowBytes } from './cell-text.ts';
import { readRows } from './read-rows.ts';
import type { TableQuery } from './table-query.ts';
import { countRows } from './table-size.ts';

/**
 * Rows from the beginning, from the end and from blocks in between; each row once. What is too large for the sample is
 * never read: first where rows lie and how large they are, then those that were chosen.
 */
export async function readSample(
  session: PostgresSession,
  query: TableQuery,
  { rows, bytes }: BatchLimits,
): Promise<RowBatch> {
  const { addressing, from, shape } = query;
  const total = await countRows(session, shape);
  const percent = Math.min(100, (100 * 2 * rows) / Math.max(total, 1));
  const isWalkable = addressing.keyKind !== 'place';
  const ends = isWalkable ? [addressing.orderedBy, addressing.orderedBackwards] : [];
  const places = [...ends.map((order) => `ORDER BY ${order}`), `TABLESAMPLE SYSTEM (${percent.toFixed(6)})`];
  const strips: SampleStrip<string>[] = [];
  for (const place of places) {
    const result = await session.query({
      text: `SELECT ${addressing.keyExpression}, ${rowBytes(query.columns)} ${from} ${place} LIMIT $1::int8`,
      values: [String(Math.ceil(rows / 3))],
    });
    strips.push(result.rows.map(([key, size]) => [key ?? '', Number(size)] as const));
  }
  return readRows(
    session,
    query,
    chooseSample(strips, bytes).map((key) => addressing.parse(key)),
  );
}

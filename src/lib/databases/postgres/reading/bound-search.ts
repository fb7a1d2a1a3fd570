import type { RowKey } from '../../../model/cells/row-batch.ts';
import { chooseBound } from '../../choose-bound.ts';
import type { BatchLimits } from '../../target-table.ts';
import type { PostgresSession, StatementResult } from '../connection/session.ts';
import { nextPlace } from './block-walk.ts';
import { rowBytes } from './cell-text.ts';
import type { TableQuery } from './table-query.ts';

/** Finds the last of the next rows behind a key that stay within limits; `null` behind the last row. */
export type BoundSearch = (
  session: PostgresSession,
  query: TableQuery,
  range: BoundedRange,
) => Promise<RowKey | null>;

interface BoundedRange {
  readonly after: RowKey | null;
  readonly limits: BatchLimits;
}

/** How much of the bytes that are allowed the rows to look at may be expected to fill. */
const expectedFilling = 0.95;

/**
 * Makes the search for one table. The server adds the sizes up, and only rows that are too large together are looked at
 * one by one, which costs four times as much in the server alone. That seldom happens: no more rows are added up than fit
 * if they are as large as the last ones.
 */
export function createBoundSearch(): BoundSearch {
  let usualBytes = 0;
  return async (session, query, { after, limits }) => {
    if (query.addressing.keyKind === 'place')
      return nextPlace(session, query.shape, { after, rows: limits.rows });
    const likely = Math.floor((expectedFilling * limits.bytes) / usualBytes);
    const low = query.behind(after, 2);
    const values = [String(Math.max(Math.min(likely, limits.rows), 1)), ...low.values];
    const select = (text: string): Promise<StatementResult> => session.query({ text, values });
    const summed = await select(sumNextRows(query, low.sql));
    const [last, size, rows] = summed.rows[0] ?? [];
    if (last === null || last === undefined) return null;
    usualBytes = Number(size) / Number(rows);
    if (Number(size) <= limits.bytes) return query.addressing.parse(last);
    const { rows: each } = await select(listNextRows(query, low.sql));
    return chooseBound(
      each.map(([key, bytes]) => [query.addressing.parse(key ?? ''), Number(bytes)] as const),
      limits.bytes,
    );
  };
}

/** Selects the last key of the next rows, their size and how many they are; `NULL`, `NULL` and 0 behind the last row. */
function sumNextRows(query: TableQuery, low: string): string {
  const { addressing, columns, from } = query;
  if (addressing.keyKind === 'number')
    return `SELECT max(key), sum(bytes), count(*) FROM (${listNextRows(query, low)}) AS next`;
  // Keys of other types have no maximum of their own, and only the one that is wanted is worth being rendered.
  return `
    WITH next AS MATERIALIZED (
      SELECT ${addressing.orderedBy}, ${rowBytes(columns)} AS keyturn_bytes ${from}
      WHERE ${low} ORDER BY ${addressing.orderedBy} LIMIT $1::int8)
    SELECT (SELECT ${addressing.keyExpression} FROM next AS target ORDER BY ${addressing.orderedBackwards} LIMIT 1),
      sum(keyturn_bytes), count(*) FROM next`;
}

/** Selects key and size of each of the next rows. */
function listNextRows({ addressing, columns, from }: TableQuery, low: string): string {
  return `SELECT ${addressing.keyExpression} AS key, ${rowBytes(columns)} AS bytes ${from}
    WHERE ${low} ORDER BY ${addressing.orderedBy} LIMIT $1::int8`;
}

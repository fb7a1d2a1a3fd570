import type { PostgresSession } from '../connection/session.ts';
import type { TableShape } from '../schema/table-shape.ts';

/** Up to this size a table is counted, which takes less than a second; beyond it the server's statistics are taken. */
const countedBytes = 128 * 1024 * 1024;

/** How many rows a table has: counted where it is small or was never analysed, else as the planner estimates. */
export async function countRows(session: PostgresSession, { oid, sqlName }: TableShape): Promise<number> {
  const { rows } = await session.query({
    text: `SELECT CASE WHEN reltuples > 0 AND relpages > 0 AND pg_relation_size(oid) > ${String(countedBytes)}
             THEN (reltuples / relpages * pg_relation_size(oid) / current_setting('block_size')::float8)::int8 END
           FROM pg_class WHERE oid = $1::oid`,
    values: [oid],
  });
  const estimate = rows[0]?.[0];
  if (estimate !== null && estimate !== undefined) return Number(estimate);
  const counted = await session.query({ text: `SELECT count(*) FROM ONLY ${sqlName}` });
  return Number(counted.rows[0]?.[0] ?? 0);
}

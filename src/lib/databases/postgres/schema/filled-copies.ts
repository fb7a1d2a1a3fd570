import type { PlacedColumn } from '../../../model/columns/placed-column.ts';
import { encodeTextArray } from '../connection/binary-array.ts';
import type { PostgresSession } from '../connection/session.ts';
import { readShapes } from './schema.ts';

/**
 * The materialized views that hold what they were filled with from some columns of a table ($1, $2), also by way of other views. One that
 * was never filled, or has been emptied, holds nothing.
 */
const copiesQuery = `
  WITH RECURSIVE made(oid) AS (
    SELECT ev_class FROM pg_depend JOIN pg_rewrite ON pg_rewrite.oid = objid AND classid = 'pg_rewrite'::regclass
      JOIN pg_attribute ON attrelid = refobjid AND attnum = refobjsubid
    WHERE refclassid = 'pg_class'::regclass AND refobjid = $1::oid AND attname = ANY ($2::text[])
    UNION
    SELECT ev_class FROM made JOIN pg_depend ON refclassid = 'pg_class'::regclass AND refobjid = made.oid
      JOIN pg_rewrite ON pg_rewrite.oid = objid AND classid = 'pg_rewrite'::regclass)
  SELECT made.oid::regclass::text FROM made JOIN pg_class ON pg_class.oid = made.oid
  WHERE relkind = 'm' AND relispopulated ORDER BY 1`;

/** The materialized views that were filled from any of these columns, by their names in SQL. */
export async function listFilledCopies(
  session: PostgresSession,
  ledgerSchema: string,
  columns: readonly PlacedColumn[],
): Promise<readonly string[]> {
  const shapes = await readShapes(session, ledgerSchema);
  const found = new Set<string>();
  for (const { oid, table } of shapes) {
    const names = columns.filter((one) => one.table === table).map(({ column }) => column);
    if (names.length === 0) continue;
    const { rows } = await session.query({ text: copiesQuery, values: [oid, encodeTextArray(names)] });
    for (const [name] of rows) found.add(name ?? '');
  }
  return [...found];
}

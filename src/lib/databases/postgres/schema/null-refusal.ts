import { errorCodeOf } from '../connection/errors.ts';
import type { PostgresSession } from '../connection/session.ts';
import type { TableShape } from './table-shape.ts';

/**
 * What keeps a column from holding NULL once it is retired, in words; undefined where nothing does. NOT NULL and every CHECK of the
 * table go with that; what a domain says stays with the type.
 */
export async function findNullRefusal(
  session: PostgresSession,
  { oid }: TableShape,
  column: string,
): Promise<string | undefined> {
  const { rows } = await session.query({
    text: `SELECT format_type(atttypid, atttypmod) FROM pg_attribute JOIN pg_type ON pg_type.oid = atttypid
           WHERE attrelid = $1::oid AND attname = $2 AND typtype = 'd'`,
    values: [oid, column],
  });
  const domain = rows[0]?.[0];
  if (domain === undefined || domain === null) return undefined;
  try {
    await session.query({ text: `SELECT NULL::${domain} IS NULL` });
    return undefined;
  } catch (error) {
    if (errorCodeOf(error)?.startsWith('23') !== true) throw error;
    return `its type, the domain ${domain}`;
  }
}

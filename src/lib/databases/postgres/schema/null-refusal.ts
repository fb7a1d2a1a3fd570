import { quoteIdentifier } from '../../quote-identifier.ts';
import { errorCodeOf } from '../connection/errors.ts';
import type { PostgresSession } from '../connection/session.ts';
import type { TableShape } from './table-shape.ts';

/**
 * What keeps a column from holding NULL even when it is retired, in words; undefined where nothing does. NOT NULL and every CHECK of the
 * table go with that; what a domain says stays with the type, and so do keys and columns that are made of it.
 */
export async function findNullRefusal(
  session: PostgresSession,
  shape: TableShape,
  column: string,
): Promise<string | undefined> {
  return (
    (await findDomainRefusal(session, shape, column)) ??
    (await findKeyRefusal(session, shape, column)) ??
    (await findComputedRefusal(session, shape, column))
  );
}

/** A foreign key over several columns may want all of them, or none. */
async function findKeyRefusal(
  session: PostgresSession,
  { oid }: TableShape,
  column: string,
): Promise<string | undefined> {
  const { rows } = await session.query({
    text: `SELECT conname FROM pg_constraint JOIN pg_attribute ON attrelid = conrelid AND attnum = ANY (conkey)
           WHERE conrelid = $1::oid AND attname = $2 AND contype = 'f' AND confmatchtype = 'f' AND cardinality(conkey) > 1`,
    values: [oid, column],
  });
  const name = rows[0]?.[0] ?? undefined;
  return name && `the foreign key ${name} (MATCH FULL)`;
}

/** How many rows are looked at. */
const triedRows = 100;

/** A generated column that is NOT NULL would have no value either. */
async function findComputedRefusal(
  session: PostgresSession,
  { oid, sqlName, columns }: TableShape,
  column: string,
): Promise<string | undefined> {
  const { rows } = await session.query({
    text: `SELECT attname, pg_get_expr(adbin, adrelid) FROM pg_attribute JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
           WHERE attrelid = $1::oid AND attgenerated <> '' AND attnotnull`,
    values: [oid],
  });
  const row = columns.map(({ name, castType }) =>
    name === column ? `NULL::${castType} AS ${quoteIdentifier(name)}` : quoteIdentifier(name),
  );
  for (const [name, expression] of rows) {
    const { rows: empty } = await session.query({
      text: `SELECT 1 FROM (SELECT ${row.join(', ')} FROM ONLY ${sqlName} LIMIT ${triedRows}) AS tried
             WHERE (${expression ?? ''}) IS NULL LIMIT 1`,
    });
    if (empty.length > 0) return `the generated column ${name ?? ''} (NOT NULL)`;
  }
  return undefined;
}

/** What the type of a column says to NULL. */
export async function findDomainRefusal(
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

import type { Capabilities } from '../connection/capabilities.ts';
import type { PostgresSession } from '../connection/session.ts';

/*
 * The catalogue writes a row anew for whatever is altered, so that the transactions which wrote a table's rows there
 * name its shape; maintenance that moves rows (VACUUM FULL, CLUSTER) gives the table another file. A server whose rows
 * have no versions is asked for what they say instead.
 */

/** Tells what was altered in the catalogue. */
interface CatalogueVersions {
  readonly ofTable: string;
  /** Of a row of the catalogue that changes only when something is altered. */
  readonly of: (row: string) => string;
}

const byVersion: CatalogueVersions = { ofTable: 'xmin::text', of: (row) => `${row}.xmin::text` };

const byContent: CatalogueVersions = {
  ofTable:
    "concat_ws('.', relname, relnamespace, relnatts, relchecks, relhasrules, relrowsecurity, reltoastrelid)",
  of: (row) => `md5(${row}::text)`,
};

function versionsIn(capabilities: Capabilities): CatalogueVersions {
  return capabilities.has('row versions') ? byVersion : byContent;
}

/** Changes whenever the table's shape does, or where its rows lie. */
export async function readLayout(
  session: PostgresSession,
  tableOid: string,
  capabilities: Capabilities,
): Promise<string> {
  const versions = versionsIn(capabilities);
  const { rows } = await session.query({
    plan: 'kept',
    text: `SELECT concat_ws(':',
             (SELECT concat_ws('.', ${versions.ofTable}, relfilenode) FROM pg_class WHERE oid = $1::oid),
             (SELECT string_agg(${versions.of('pg_attribute')}, '.' ORDER BY attnum) FROM pg_attribute
                WHERE attrelid = $1::oid AND attnum > 0),
             (SELECT string_agg(${versions.of('pg_trigger')}, '.' ORDER BY oid) FROM pg_trigger
                WHERE tgrelid = $1::oid AND tgname NOT LIKE 'keyturn\\_guard\\_%'))`,
    values: [tableOid],
  });
  return rows[0]?.[0] ?? '';
}

/** Changes whenever a table of the database is made, altered or dropped. */
export async function readDatabaseLayout(
  session: PostgresSession,
  capabilities: Capabilities,
): Promise<string> {
  const { rows } = await session.query({
    text: `SELECT md5(string_agg(concat_ws('.', oid, ${versionsIn(capabilities).ofTable}, relfilenode, relnatts), ',' ORDER BY oid))
           FROM pg_class WHERE relkind IN ('r', 'p') AND relpersistence <> 't' AND relnamespace NOT IN (
             SELECT oid FROM pg_namespace WHERE nspname LIKE 'pg\\_%' OR nspname = 'information_schema')`,
  });
  return rows[0]?.[0] ?? '';
}

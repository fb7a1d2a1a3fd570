import type { TableStorage } from '../../../model/schema/table-storage.ts';
import type { PostgresSession } from '../connection/session.ts';
import type { TableQuery } from './table-query.ts';

/** What a table leaves free in its pages where nobody says otherwise: nothing. */
const fullPages = '100';

/** The server's own sizes, and what it knows of the order of rows; where it was never told, rows lie as they are walked. */
export async function readStorage(
  session: PostgresSession,
  { shape: { oid, key } }: TableQuery,
): Promise<TableStorage> {
  const { rows } = await session.query({
    text: `SELECT pg_table_size(c.oid), coalesce((SELECT substr(option, 12) FROM unnest(c.reloptions) AS option
               WHERE option LIKE 'fillfactor=%'), '${fullPages}'),
             (SELECT abs(s.correlation) FROM pg_stats AS s WHERE s.schemaname = n.nspname AND s.tablename = c.relname
               AND s.attname = $2 AND NOT s.inherited)
           FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace WHERE c.oid = $1::oid`,
    values: [oid, key[0]?.name ?? ''],
  });
  const [bytes, fillFactor, correlation] = rows[0] ?? [];
  return {
    kind: 'anew',
    bytes: Number(bytes ?? 0),
    indexes: await readIndexes(session, oid),
    order: Number(correlation ?? 1) ** 2,
    spare: 1 - Number(fillFactor ?? fullPages) / 100,
  };
}

/** Each index with the columns that it names, also in expressions and conditions. */
async function readIndexes(
  session: PostgresSession,
  oid: string,
): Promise<readonly { readonly columns: readonly string[]; readonly bytes: number }[]> {
  const { rows } = await session.query({
    text: `SELECT pg_relation_size(i.indexrelid), (SELECT json_agg(DISTINCT a.attname) FROM pg_attribute AS a
               WHERE a.attrelid = i.indrelid AND a.attnum > 0 AND (a.attnum = ANY (i.indkey) OR EXISTS (
                 SELECT FROM pg_depend AS d WHERE d.classid = 'pg_class'::regclass AND d.objid = i.indexrelid
                   AND d.refobjid = i.indrelid AND d.refobjsubid = a.attnum)))
           FROM pg_index AS i WHERE i.indrelid = $1::oid AND i.indisready`,
    values: [oid],
  });
  return rows.map(([bytes, columns]) => ({
    bytes: Number(bytes ?? 0),
    columns: JSON.parse(columns ?? '[]') as readonly string[],
  }));
}

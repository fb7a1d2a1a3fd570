import type { OtherRelation } from '../../target-database.ts';
import type { PostgresSession } from '../connection/session.ts';

/** What looks like a table and holds no rows of its own, with the tables that hold them. */
export async function listOtherRelations(session: PostgresSession): Promise<readonly OtherRelation[]> {
  const { rows } = await session.query({
    text: `SELECT json_build_object('name', ${planName('relation.oid')},
      'kind', CASE relation.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'f' THEN 'foreign table'
        ELSE 'partitioned table' END,
      'source', CASE WHEN relation.relkind = 'p' THEN (
          SELECT coalesce(json_agg(${planName('relid')}), '[]') FROM pg_partition_tree(relation.oid) WHERE isleaf)
        ELSE (SELECT coalesce(json_agg(DISTINCT ${planName('used.oid')}), '[]') FROM pg_rewrite
          JOIN pg_depend ON classid = 'pg_rewrite'::regclass AND objid = pg_rewrite.oid AND refclassid = 'pg_class'::regclass
          JOIN pg_class AS used ON used.oid = refobjid AND used.relkind = 'r'
          WHERE ev_class = relation.oid) END)
      FROM pg_class AS relation
      WHERE relation.relkind IN ('v', 'm', 'f', 'p') AND relation.relnamespace NOT IN (
        SELECT oid FROM pg_namespace WHERE nspname LIKE 'pg\\_%' OR nspname = 'information_schema')`,
  });
  return rows.map(([json]) => JSON.parse(json ?? '') as OtherRelation);
}

/** An expression for a table's name as plans have it: behind its schema unless that is `public`. */
function planName(oid: string): string {
  return `(SELECT CASE nspname WHEN 'public' THEN relname ELSE nspname || '.' || relname END
    FROM pg_class AS named JOIN pg_namespace ON pg_namespace.oid = named.relnamespace WHERE named.oid = ${oid})`;
}

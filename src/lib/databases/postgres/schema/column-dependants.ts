import type { ColumnDependant } from '../../../model/schema/column-dependant.ts';
import { encodeTextArray } from '../connection/binary-array.ts';
import type { PostgresSession } from '../connection/session.ts';
import type { TableShape } from './table-shape.ts';

/**
 * The beginning of a query: `dependant` is whatever depends on some columns ($2) of a table ($1), with its kind, its name, and
 * whether it keeps a column from being dropped. What does not is dropped with the column and can be made again.
 */
export const dependingOnColumns = `
WITH depending AS (
  SELECT DISTINCT classid, objid, objsubid FROM pg_depend
  WHERE refclassid = 'pg_class'::regclass AND refobjid = $1::oid
    AND refobjsubid IN (SELECT attnum FROM pg_attribute WHERE attrelid = $1::oid AND attname = ANY ($2::text[]))),
dependant(kind, name, keeps) AS (
SELECT CASE WHEN indisunique THEN 'unique' ELSE 'index' END, indexrelid::regclass::text, false
FROM depending JOIN pg_index ON indexrelid = objid AND classid = 'pg_class'::regclass
UNION ALL
SELECT CASE contype WHEN 'c' THEN 'check' WHEN 'x' THEN 'exclusion' WHEN 'f' THEN 'foreign key' ELSE 'unique' END,
  format('%s of %s', conname, conrelid::regclass), contype = 'p' OR conrelid <> $1::oid
FROM depending JOIN pg_constraint ON pg_constraint.oid = objid AND classid = 'pg_constraint'::regclass
-- NOT NULL, a constraint of its own since PostgreSQL 18, is no obstacle: cells are not NULL.
WHERE contype IN ('c', 'x', 'f', 'u', 'p')
UNION ALL
SELECT CASE relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' ELSE 'rule' END,
  CASE WHEN relkind IN ('v', 'm') THEN ev_class::regclass::text ELSE rulename END, true
FROM depending JOIN pg_rewrite ON pg_rewrite.oid = objid AND classid = 'pg_rewrite'::regclass
  JOIN pg_class ON pg_class.oid = ev_class
UNION ALL
SELECT 'policy', polname, true FROM depending
  JOIN pg_policy ON pg_policy.oid = objid AND classid = 'pg_policy'::regclass
UNION ALL
SELECT 'generated column', attname, true FROM depending
  LEFT JOIN pg_attrdef ON pg_attrdef.oid = objid AND classid = 'pg_attrdef'::regclass
  -- Before PostgreSQL 15 the column itself depends, and not its expression.
  JOIN pg_attribute ON attrelid = coalesce(adrelid, objid) AND attnum = coalesce(adnum, objsubid) AND attgenerated <> ''
WHERE adrelid IS NOT NULL OR classid = 'pg_class'::regclass
UNION ALL
SELECT 'function', objid::regprocedure::text, true FROM depending
  JOIN pg_proc ON pg_proc.oid = objid AND classid = 'pg_proc'::regclass
WHERE proname NOT LIKE 'keyturn\\_guard\\_%' AND proname NOT LIKE 'keyturn\\_pair\\_%'
UNION ALL
SELECT 'statistics', stxname, false FROM depending
  JOIN pg_statistic_ext ON pg_statistic_ext.oid = objid AND classid = 'pg_statistic_ext'::regclass
UNION ALL
SELECT 'trigger', tgname, true FROM depending JOIN pg_trigger ON pg_trigger.oid = objid AND classid = 'pg_trigger'::regclass
WHERE NOT tgisinternal AND tgname NOT LIKE 'keyturn\\_guard\\_%' AND tgname NOT LIKE 'keyturn\\_pair\\_%'
UNION ALL
SELECT 'publication', pubname, true FROM depending
  JOIN pg_publication_rel ON pg_publication_rel.oid = objid AND classid = 'pg_publication_rel'::regclass
  JOIN pg_publication ON pg_publication.oid = prpubid
UNION ALL
SELECT 'sequence', objid::regclass::text, true FROM depending
  JOIN pg_class ON pg_class.oid = objid AND classid = 'pg_class'::regclass AND relkind = 'S')`;

/** What of the schema is made of a column; see TargetDatabase. */
export async function listDependants(
  session: PostgresSession,
  { oid }: TableShape,
  column: string,
): Promise<readonly ColumnDependant[]> {
  const { rows } = await session.query({
    text: `${dependingOnColumns} SELECT DISTINCT kind, name, keeps FROM dependant ORDER BY 1, 2`,
    values: [oid, encodeTextArray([column])],
  });
  const uniqueness = rows.some(([kind]) => kind === 'unique')
    ? await readUniqueness(session, oid)
    : new Map<string, NonNullable<ColumnDependant['unique']>>();
  return rows.map(([kind, name, keeps]) => {
    const unique = uniqueness.get(name ?? '');
    return {
      kind: kind as ColumnDependant['kind'],
      name: name ?? '',
      whenDropped: keeps === 't' ? 'keeps it' : 'goes along',
      ...(unique !== undefined && { unique }),
    };
  });
}

/** What each unique index and constraint of a table lets be there only once, by the names under which they are dependants. */
async function readUniqueness(
  session: PostgresSession,
  oid: string,
): Promise<ReadonlyMap<string, NonNullable<ColumnDependant['unique']>>> {
  const { rows } = await session.query({
    text: `
SELECT CASE WHEN conname IS NULL THEN indexrelid::regclass::text ELSE format('%s of %s', conname, conrelid::regclass) END, CASE
  WHEN indnkeyatts > 1 THEN 'combinations with other columns'
  WHEN indexprs IS NULL AND (atttypid::regtype::text = 'citext' OR collisdeterministic IS FALSE) THEN 'values whatever their case'
  WHEN indexprs IS NULL THEN 'values'
  WHEN pg_get_expr(indexprs, indrelid) ~* '(lower|upper)\\(' THEN 'values whatever their case'
  ELSE 'an expression' END
FROM pg_index
  LEFT JOIN pg_constraint ON conindid = indexrelid AND conrelid = indrelid AND contype = 'u'
  LEFT JOIN pg_attribute ON attrelid = indrelid AND attnum = indkey[0]
  LEFT JOIN pg_collation ON pg_collation.oid = indcollation[0]
WHERE indrelid = $1::oid AND indisunique`,
    values: [oid],
  });
  return new Map(
    rows.map(([name, unique]) => [name ?? '', unique as NonNullable<ColumnDependant['unique']>]),
  );
}

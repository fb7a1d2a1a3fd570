import type { SchemaNote } from '../../model/schema-note.ts';
import { encodeTextArray } from './binary-array.ts';
import type { PostgresSession } from './session.ts';
import type { TableQuery } from './table-query.ts';

/** Whatever depends on one of the columns, or belongs to the table, each with its kind. */
const notesQuery = `
WITH depending AS (
  SELECT DISTINCT classid, objid, objsubid FROM pg_depend
  WHERE refclassid = 'pg_class'::regclass AND refobjid = $1::oid
    AND refobjsubid IN (SELECT attnum FROM pg_attribute WHERE attrelid = $1::oid AND attname = ANY ($2::text[])))
SELECT CASE WHEN indisunique THEN 'unique' ELSE 'index' END AS kind, indexrelid::regclass::text AS name
FROM depending JOIN pg_index ON indexrelid = objid AND classid = 'pg_class'::regclass
UNION ALL
SELECT CASE contype WHEN 'c' THEN 'check' WHEN 'x' THEN 'exclusion' WHEN 'f' THEN 'foreign key' ELSE 'unique' END,
  format('%s of %s', conname, conrelid::regclass)
FROM depending JOIN pg_constraint ON pg_constraint.oid = objid AND classid = 'pg_constraint'::regclass
-- NOT NULL, a constraint of its own since PostgreSQL 18, is no obstacle: cells are not NULL.
WHERE contype IN ('c', 'x', 'f', 'u', 'p')
UNION ALL
SELECT CASE relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' ELSE 'rule' END,
  CASE WHEN relkind IN ('v', 'm') THEN ev_class::regclass::text ELSE rulename END
FROM depending JOIN pg_rewrite ON pg_rewrite.oid = objid AND classid = 'pg_rewrite'::regclass
  JOIN pg_class ON pg_class.oid = ev_class
UNION ALL
SELECT 'policy', polname FROM depending JOIN pg_policy ON pg_policy.oid = objid AND classid = 'pg_policy'::regclass
UNION ALL
SELECT 'generated column', attname FROM depending
  LEFT JOIN pg_attrdef ON pg_attrdef.oid = objid AND classid = 'pg_attrdef'::regclass
  -- Before PostgreSQL 15 the column itself depends, and not its expression.
  JOIN pg_attribute ON attrelid = coalesce(adrelid, objid) AND attnum = coalesce(adnum, objsubid) AND attgenerated <> ''
WHERE adrelid IS NOT NULL OR classid = 'pg_class'::regclass
UNION ALL
SELECT 'function', objid::regprocedure::text FROM depending WHERE classid = 'pg_proc'::regclass
UNION ALL
SELECT 'statistics', stxname FROM depending
  JOIN pg_statistic_ext ON pg_statistic_ext.oid = objid AND classid = 'pg_statistic_ext'::regclass
UNION ALL
SELECT 'row security', relname FROM pg_class WHERE oid = $1::oid AND relrowsecurity
UNION ALL
SELECT 'replica identity', CASE relreplident WHEN 'f' THEN 'full' ELSE 'an index' END
FROM pg_class WHERE oid = $1::oid AND relreplident IN ('f', 'i')
UNION ALL
SELECT 'publication', pubname FROM pg_publication_tables, pg_class
WHERE pg_class.oid = $1::oid AND relname = tablename AND relnamespace::regnamespace::text = quote_ident(schemaname)
UNION ALL
SELECT 'partition', inhparent::regclass::text FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
WHERE inhrelid = $1::oid AND relispartition
ORDER BY 1, 2`;

/** The largest entry that a B-tree takes, with pages of 8 KiB (BTMaxItemSize). */
const entryBytes = '2,704';

const consequences: Readonly<Record<SchemaNote['kind'], string>> = {
  index: `a rewritten row gets new entries in every index of its table: about twice the write, and bloat until REINDEX; a B-tree takes no cell above ${entryBytes} bytes`,
  unique: `rows are locked more strongly meanwhile, as foreign keys may refer to them; a B-tree takes no cell above ${entryBytes} bytes`,
  check: 'a new cell that it refuses is quarantined',
  exclusion: 'new cells are compared with all others; one that it refuses is quarantined',
  'foreign key':
    'a new cell that it refuses is quarantined; cells that follow others are rewritten with them',
  view: 'it shows the new cells as soon as they are written',
  'materialized view': 'it keeps old cells until REFRESH MATERIALIZED VIEW',
  rule: 'it is followed by every update',
  policy: 'it decides by what stands in the column, which becomes something else',
  'generated column': 'it is computed anew with each row, and is not searched',
  function: 'it reads the column',
  statistics: 'they keep samples of old cells until ANALYZE',
  'row security': 'a user whom it hides rows from is refused: run as the owner, or as a role with BYPASSRLS',
  'replica identity': 'each old row is written into the log as well: about twice the log',
  publication: 'its subscribers receive every rewritten row, and need the new key',
  partition: 'it is rewritten as a table of its own; other partitions are, too',
};

/** What of the schema the rewriting of some columns meets. */
export async function readSchemaNotes(
  session: PostgresSession,
  { shape, columns }: TableQuery,
): Promise<readonly SchemaNote[]> {
  const names = encodeTextArray(columns.map(({ name }) => name));
  const { rows } = await session.query({ text: notesQuery, values: [shape.oid, names] });
  return rows.map(([kind, name]) => {
    const known = kind as SchemaNote['kind'];
    return { kind: known, name: name ?? '', consequence: consequences[known] };
  });
}

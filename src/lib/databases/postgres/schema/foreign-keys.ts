import type { ForeignKey } from '../../../model/schema/foreign-key.ts';
import type { PostgresSession } from '../connection/session.ts';
import { displayedName } from './schema.ts';

/** A table by schema and name. */
type TableName = readonly [schema: string, name: string];

/** The catalogue's answer for one foreign key, as JSON. */
interface ForeignKeyRow {
  readonly children: readonly TableName[];
  readonly columns: readonly string[];
  readonly parents: readonly TableName[];
  readonly referred: readonly string[];
  readonly onUpdate: ForeignKey['onUpdate'];
}

/** The tables that hold the rows of a table: itself, or its partitions. */
function tablesUnder(oid: string): string {
  return `(SELECT json_agg(json_build_array(nspname, relname)) FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
    WHERE relkind = 'r' AND (pg_class.oid = ${oid} OR pg_class.oid IN (SELECT relid FROM pg_partition_tree(${oid}))))`;
}

function namesOf(oid: string, numbers: string): string {
  return `(SELECT json_agg(attname ORDER BY place) FROM unnest(${numbers}) WITH ORDINALITY AS part(number, place)
    JOIN pg_attribute ON attrelid = ${oid} AND attnum = number)`;
}

/** What is made of a partitioned table's key for each partition is left out; so is a key that the server does not enforce (version 18). */
const foreignKeysQuery = `
SELECT json_build_object(
  'children', coalesce(${tablesUnder('conrelid')}, '[]'), 'columns', ${namesOf('conrelid', 'conkey')},
  'parents', coalesce(${tablesUnder('confrelid')}, '[]'), 'referred', ${namesOf('confrelid', 'confkey')},
  'onUpdate', CASE confupdtype WHEN 'c' THEN 'follows' WHEN 'n' THEN 'empties' WHEN 'd' THEN 'empties' ELSE 'refuses' END)
FROM pg_constraint
WHERE contype = 'f' AND conparentid = 0 AND coalesce((to_jsonb(pg_constraint)->>'conenforced')::boolean, true)
ORDER BY conrelid::regclass::text, conname`;

/** The foreign keys of all tables; see TargetDatabase. */
export async function listForeignKeys(session: PostgresSession): Promise<readonly ForeignKey[]> {
  const { rows } = await session.query({ text: foreignKeysQuery });
  return rows.flatMap(([json]) => {
    const { children, columns, parents, referred, onUpdate } = JSON.parse(json ?? '') as ForeignKeyRow;
    return children.flatMap(([schema, name]) =>
      parents.map(([parentSchema, parentName]) => ({
        table: displayedName(schema, name),
        columns,
        refersTo: { table: displayedName(parentSchema, parentName), columns: referred },
        onUpdate,
      })),
    );
  });
}

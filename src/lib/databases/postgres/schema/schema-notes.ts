import type { SchemaNote } from '../../../model/schema/schema-note.ts';
import { encodeTextArray } from '../connection/binary-array.ts';
import type { PostgresSession } from '../connection/session.ts';
import type { TableQuery } from '../reading/table-query.ts';
import { dependingOnColumns } from './column-dependants.ts';

/** What belongs to the table as a whole, whichever of its columns are rewritten. */
const tableNotes = `
SELECT 'row security' AS kind, relname AS name FROM pg_class WHERE oid = $1::oid AND relrowsecurity
UNION ALL
SELECT 'replica identity', CASE relreplident WHEN 'f' THEN 'full' ELSE 'an index' END
FROM pg_class WHERE oid = $1::oid AND relreplident IN ('f', 'i')
UNION ALL
SELECT 'publication', pubname FROM pg_publication_tables, pg_class
WHERE pg_class.oid = $1::oid AND relname = tablename AND relnamespace::regnamespace::text = quote_ident(schemaname)
UNION ALL
SELECT 'logical slot', slot_name FROM pg_replication_slots WHERE slot_type = 'logical' AND database = current_database()
UNION ALL
SELECT 'partition', inhparent::regclass::text FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
WHERE inhrelid = $1::oid AND relispartition`;

/** The largest entry that a B-tree takes, with pages of 8 KiB (BTMaxItemSize). */
const entryBytes = '2,704';

const consequences: Readonly<Partial<Record<SchemaNote['kind'], string>>> = {
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
  'logical slot':
    'the server keeps its log until whoever reads there has taken every rewritten row, and they meet cells under the new key',
  partition: 'it is rewritten as a table of its own; other partitions are, too',
};

/** What of the schema the rewriting of some columns meets. */
export async function readSchemaNotes(
  session: PostgresSession,
  { shape, columns }: TableQuery,
): Promise<readonly SchemaNote[]> {
  const names = encodeTextArray(columns.map(({ name }) => name));
  const { rows } = await session.query({
    text: `${dependingOnColumns} SELECT kind, name FROM dependant UNION ALL ${tableNotes} ORDER BY 1, 2`,
    values: [shape.oid, names],
  });
  return rows.flatMap(([kind, name]) => {
    const known = kind as SchemaNote['kind'];
    const consequence = consequences[known];
    // Triggers are obstacles.
    return consequence === undefined ? [] : [{ kind: known, name: name ?? '', consequence }];
  });
}

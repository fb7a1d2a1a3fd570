import type { RawFile, RawFileReader } from '../../../../model/databases/raw-file.ts';
import type { OutOfReach, Reach } from '../../../scrubber.ts';
import type { TableShape } from '../../schema/table-shape.ts';
import type { Lane } from '../../transactions/lane.ts';
import { readingGrant } from './reading-way.ts';

/**
 * What the server's statistics hold of the values of tables, for who may read nothing but `pg_stats`: its owner. Few values,
 * and the first place where they would show.
 */
export function columnStatistics(lane: Lane, tables: readonly TableShape[]): Reach {
  const byPath = new Map(tables.map((shape) => [`pg_stats of ${shape.table}`, shape]));
  return {
    means: 'column statistics',
    files: [...byPath].map(([path, { table }]): RawFile => ({
      path,
      kind: 'statistics',
      bytes: 0,
      owner: `statistics of ${table}`,
    })),
    unread: [unreadFiles],
    open({ path }) {
      const shape = byPath.get(path);
      return Promise.resolve(shape === undefined ? null : openStatistics(lane, shape));
    },
  };
}

const unreadFiles: OutOfReach = {
  place: "the server's data files and its log: they are elsewhere, or this user may not read them",
  command: `${readingGrant}; or run it on the server, as its operating system user and as a superuser`,
};

/** Values of the table and of expressions that it is indexed by, one after the other with a zero byte between them. */
const statistics = `
SELECT string_agg(CASE WHEN atttypid = 'bytea'::regtype AND starts_with(value, '\\x')
  THEN decode(substr(value, 3), 'hex') ELSE convert_to(value, current_setting('server_encoding')) END, '\\x00'::bytea)
FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
  JOIN pg_stats ON schemaname = nspname AND tablename = relname
  JOIN pg_attribute ON attrelid = pg_class.oid AND pg_attribute.attname = pg_stats.attname
  CROSS JOIN LATERAL (SELECT unnest(most_common_vals::text::text[]) UNION ALL
    SELECT unnest(histogram_bounds::text::text[]) UNION ALL SELECT unnest(most_common_elems::text::text[])) AS kept(value)
WHERE pg_class.oid = $1::oid OR pg_class.oid IN (SELECT indexrelid FROM pg_index WHERE indrelid = $1::oid)`;

/** Statistics are small, and may change between two looks: they are read at once. */
function openStatistics(lane: Lane, { oid }: TableShape): RawFileReader {
  let content: Promise<Buffer> | undefined;
  return {
    async read(memory, position) {
      content ??= lane.run(async (session) => {
        const { rows } = await session.query({ text: statistics, values: [oid] });
        return Buffer.from(rows[0]?.[0]?.slice('\\x'.length) ?? '', 'hex');
      });
      return (await content).subarray(position).copy(memory);
    },
    close: () => Promise.resolve(),
  };
}

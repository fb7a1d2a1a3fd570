import type { RawFile } from '../../../../model/databases/raw-file.ts';
import { quoteIdentifier } from '../../../quote-identifier.ts';
import type { OutOfReach } from '../../../scrubber.ts';
import type { PostgresSession } from '../../connection/session.ts';
import type { Lane } from '../../transactions/lane.ts';
import { unlessRefused } from '../unless-refused.ts';
import { createPieceReader } from './piece-reader.ts';
import { readingGrant, type ReadingWay } from './reading-way.ts';
import { listRelations, type StoredRelation } from './relations.ts';

/** Pages read at a time: 512 KiB at the usual size. */
const piecePages = 64;

/**
 * The pages of every relation through the extension `pageinspect`, where it is installed and this user may use it: dead rows
 * included, but not the log.
 */
export const relationPages: ReadingWay = {
  async reach(lane) {
    const found = await lane.run((session) => unlessRefused(() => findFunction(session)));
    if (!found) return null;
    const relations = await lane.run((session) => listRelations(session, 'lasting'));
    const byPath = new Map(relations.map((relation) => [relation.path, relation]));
    return {
      means: 'relation pages',
      files: relations.map(({ name, path, kind, bytes }): RawFile => ({ path, kind, bytes, owner: name })),
      unread: [unreadableLog],
      open({ path }) {
        const relation = byPath.get(path);
        return Promise.resolve(relation === undefined ? null : openPages(lane, relation, found));
      },
    };
  },
};

const unreadableLog: OutOfReach = {
  place: 'the write-ahead log: it has no pages of tables',
  command: readingGrant,
};

/** The function that reads a page, and the size of pages. */
interface PageFunction {
  readonly name: string;
  readonly pageBytes: number;
}

/** Finds the extension, and reads a page that every database has. */
async function findFunction(session: PostgresSession): Promise<PageFunction | undefined> {
  const { rows } = await session.query({
    text: `SELECT nspname, current_setting('block_size') FROM pg_extension
             JOIN pg_namespace ON pg_namespace.oid = extnamespace WHERE extname = 'pageinspect'`,
  });
  const [schema, pageBytes] = rows[0] ?? [];
  if (schema === null || schema === undefined) return undefined;
  const name = `${quoteIdentifier(schema)}.get_raw_page`;
  await session.query({ text: `SELECT length(${name}('pg_catalog.pg_class', 'main', 0))` });
  return { name, pageBytes: Number(pageBytes) };
}

function openPages(
  lane: Lane,
  { oid, name }: StoredRelation,
  { name: getRawPage, pageBytes }: PageFunction,
): ReturnType<typeof createPieceReader> {
  return createPieceReader(async (position, room) => {
    const pages = Math.min(piecePages, Math.floor(room / pageBytes));
    const piece = await lane.run(async (session) => {
      const { rows } = await session.query({
        text: `SELECT string_agg(${getRawPage}($1, 'main', page), ''::bytea ORDER BY page)
               FROM generate_series($2::int4, least($3::int8, pg_relation_size($4::oid) / $5::int8 - 1)::int4) AS page`,
        values: [
          name,
          String(position / pageBytes),
          String(position / pageBytes + pages - 1),
          oid,
          String(pageBytes),
        ],
      });
      return rows[0]?.[0] ?? null;
    });
    return { piece, asked: pages * pageBytes };
  });
}

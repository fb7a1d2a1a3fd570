import type { RawFile, RawFileReader } from '../../../../model/databases/raw-file.ts';
import type { OutOfReach } from '../../../scrubber.ts';
import type { PostgresSession } from '../../connection/session.ts';
import type { Lane } from '../../transactions/lane.ts';
import { unlessRefused } from '../unless-refused.ts';
import { createPieceReader } from './piece-reader.ts';
import type { ReadingWay } from './reading-way.ts';
import { listRelations } from './relations.ts';

/** Bytes read at a time: the server sends them as hexadecimal text. */
const pieceBytes = 1024 * 1024;

/**
 * The server's own files, wherever it runs, by `pg_read_binary_file`: for superusers, and for whom it was granted to. The files
 * of a relation are read as one.
 */
export const serverFiles: ReadingWay = {
  async reach(lane) {
    const segmentBytes = await lane.run((session) => unlessRefused(() => tryToRead(session)));
    if (segmentBytes === undefined) return null;
    const relations = await lane.run((session) => listRelations(session, 'lasting and temporary'));
    const log = await lane.run((session) => unlessRefused(() => listLog(session)));
    const tables = relations.map(({ name, path, kind, bytes }): RawFile => ({
      path,
      kind,
      bytes,
      owner: name,
    }));
    return {
      means: 'server files',
      files: [...tables, ...(log ?? [])],
      unread: log === undefined ? [unlistedLog] : [],
      open: ({ path, kind }) =>
        Promise.resolve(openServerFile(lane, path, kind === 'log' ? Number.MAX_SAFE_INTEGER : segmentBytes)),
    };
  },
};

const unlistedLog: OutOfReach = {
  place: 'the write-ahead log: this user may not list its files',
  command: 'as a superuser: GRANT pg_monitor TO the_user; then keyturn scrub --check',
};

/** Reads a byte that every server has; tells after how many bytes a relation goes on in another file. */
async function tryToRead(session: PostgresSession): Promise<number> {
  const { rows } = await session.query({
    text: `SELECT pg_size_bytes(current_setting('segment_size'))
           WHERE pg_read_binary_file('global/pg_control', 0, 1, true) IS NOT NULL`,
  });
  return Number(rows[0]?.[0]);
}

async function listLog(session: PostgresSession): Promise<readonly RawFile[]> {
  const { rows } = await session.query({
    text: "SELECT name, size FROM pg_ls_waldir() WHERE name ~ '^[0-9A-F]{24}$' ORDER BY name",
  });
  return rows.map(([name, bytes]) => ({ path: `pg_wal/${name ?? ''}`, kind: 'log', bytes: Number(bytes) }));
}

/** A relation of more than 1 GiB goes on in `16384.1`, `16384.2`, ... */
function openServerFile(lane: Lane, path: string, segmentBytes: number): RawFileReader {
  return createPieceReader(async (position, room) => {
    const segment = Math.floor(position / segmentBytes);
    const offset = position % segmentBytes;
    const bytes = Math.min(pieceBytes, room, segmentBytes - offset);
    const file = segment === 0 ? path : `${path}.${String(segment)}`;
    const piece = await lane.run(async (session) => {
      const { rows } = await session.query({
        text: 'SELECT pg_read_binary_file($1, $2::int8, $3::int8, true)',
        values: [file, String(offset), String(bytes)],
      });
      return rows[0]?.[0] ?? null;
    });
    return { piece, asked: bytes };
  });
}

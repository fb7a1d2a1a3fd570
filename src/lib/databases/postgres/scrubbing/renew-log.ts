import type { PostgresSession } from '../connection/session.ts';
import { unlessRefused } from './unless-refused.ts';

/** Most segments of the log that are filled up with zeros: 2 GiB at the usual size. */
const mostSegments = 128;

/**
 * Segments of the write-ahead log are used again and again, and keep what was written to them until it is overwritten.
 * A checkpoint in a new segment lets go of all older ones, and switching to the next one fills the rest of a segment with
 * zeros: once for each segment there is. Only few users may do that.
 */
export async function renewLog(session: PostgresSession): Promise<void> {
  await unlessRefused(async () => {
    await switchSegment(session);
    await session.query({ text: 'CHECKPOINT' });
    const { rows } = await session.query({ text: 'SELECT count(*) FROM pg_ls_waldir()' });
    const segments = Math.min(Number(rows[0]?.[0] ?? 0), mostSegments);
    for (let segment = 0; segment < segments; segment += 1) await switchSegment(session);
    await session.query({ text: 'CHECKPOINT' });
  });
}

/** An empty segment is not switched: the message is what there is to write. */
async function switchSegment(session: PostgresSession): Promise<void> {
  await session.query({ text: "SELECT pg_logical_emit_message(false, 'keyturn', '')" });
  await session.query({ text: 'SELECT pg_switch_wal()' });
}

import type { Reach } from '../../../scrubber.ts';
import type { TableShape } from '../../schema/table-shape.ts';
import type { Lane } from '../../transactions/lane.ts';

/** A way to read what a server has written to its disk. Each is a file; the registry has them in the order of what they reach. */
export interface ReadingWay {
  /** What there is to read in this way; `null` where it is not open to this user. Reads only. */
  reach(lane: Lane, tables: readonly TableShape[]): Promise<Reach | null>;
}

/** What lets a user read the server's files over a connection. */
export const readingGrant =
  'as a superuser: GRANT EXECUTE ON FUNCTION pg_read_binary_file(text, bigint, bigint, boolean) TO the_user; ' +
  'GRANT pg_monitor TO the_user; then keyturn scrub --check';

import { KeyturnError } from '../../../model/keyturn-error.ts';
import { mayWriteSideBySide, type Capabilities } from '../connection/capabilities.ts';
import { countConnections } from '../connection/connection-count.ts';
import { openSecondSession } from '../connection/second-session.ts';
import type { DatabaseAccess, PostgresSession } from '../connection/session.ts';
import { listWaitedFor } from '../health/table-locks.ts';
import { createLanePool } from './lane-pool.ts';
import { createLane, type Lane, type LaneOptions } from './lane.ts';
import { createOnlyLane } from './only-lane.ts';

/** The lanes of a database: one reads, so many write; one does both where the server has no other session to give. */
export interface Lanes {
  readonly readingLane: Lane;
  readonly writingLane: Lane;
  /** How many write. */
  readonly count: number;
}

/** What decides how many lanes there are. */
interface LaneRequest {
  readonly access: DatabaseAccess;
  readonly use: 'shared' | 'exclusive';
  readonly capabilities: Capabilities;
  /** How many are to write, where a flag says so. */
  readonly connections?: number | undefined;
}

/** Makes the lanes, the first of them around the session that is open already. */
export async function openLanes(
  options: LaneOptions,
  session: PostgresSession,
  { access, use, capabilities, connections }: LaneRequest,
): Promise<Lanes> {
  const readingLane = createLane(options, session);
  if (access === 'read') return { readingLane, writingLane: createLane(options), count: 1 };
  const count = mayWriteSideBySide(capabilities) ? await countConnections(session, connections) : 1;
  const second = await openSecondSession(session, options.connect);
  if (second === 'the same' && use === 'shared') throw sharedSession();
  if (second === 'none' || second === 'the same') {
    const only = createOnlyLane(readingLane);
    return { readingLane: only, writingLane: only, count: 1 };
  }
  const watched: LaneOptions = {
    ...options,
    listWaitedFor: (processId) => readingLane.run((reader) => listWaitedFor(reader, processId)),
  };
  const first = createLane(watched, second === 'not now' ? undefined : second);
  const others = Array.from({ length: count - 1 }, () => createLane(watched));
  return { readingLane, writingLane: createLanePool([first, ...others]), count };
}

function sharedSession(): KeyturnError {
  return new KeyturnError({
    code: 'KT_SERVER_UNSUITABLE',
    reason: 'databaseUnavailable',
    message:
      'the server gives every connection the same session: the application would find what keyturn sets there',
    hints: [
      'have it let in one connection at a time (pglite-server --max-connections=1)',
      'stop the application and run with --exclusive',
    ],
  });
}

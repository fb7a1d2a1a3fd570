import { setTimeout as sleep } from 'node:timers/promises';
import { classifyError, errorCodeOf } from './errors.ts';
import type { PostgresSession } from './session.ts';

/**
 * A session beside the first one; `none`: the server lets nobody else in; `the same`: it has one for everybody; `not now`: it has no
 * other at the moment.
 */
export type SecondSession = PostgresSession | 'none' | 'the same' | 'not now';

/** How long a server that answers one session may keep another waiting, in milliseconds, until it is taken to have but one. */
const timeoutMilliseconds = 3000;

/** What a server says that has no connection left. */
const tooManyConnections = '53300';

/**
 * Opens a second session. There are servers that run in one process, as PGlite does: some let nobody else in while a session lasts,
 * others give everybody the same one.
 */
export async function openSecondSession(
  first: PostgresSession,
  connect: () => Promise<PostgresSession>,
): Promise<SecondSession> {
  const opening = connect();
  try {
    const second = await Promise.race([opening, sleep(timeoutMilliseconds, undefined, { ref: false })]);
    if (second === undefined) {
      opening.then((late) => late.close()).catch(() => undefined);
      return 'none';
    }
    if (second.processId !== first.processId) return second;
    await second.close();
    return 'the same';
  } catch (error) {
    if (errorCodeOf(error) === tooManyConnections) return 'not now';
    if (classifyError(error) === 'connection lost' && !first.isLost()) return 'none';
    throw error;
  }
}

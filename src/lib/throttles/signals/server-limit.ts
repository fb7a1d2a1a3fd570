import type { ServerLoad } from '../../model/databases/server-load.ts';
import { KeyturnError } from '../../model/keyturn-error.ts';
import { go, type Throttle, type ThrottleSurroundings } from '../throttle.ts';
import { atIntervals } from './at-intervals.ts';

/** Between two questions to the server, and before a run that waits asks again, in milliseconds. */
const intervalMilliseconds = 1000;

/** What a limit on a server's load looks at. */
export interface ServerLimit {
  readonly flag: string;
  /** Why the run has to wait; `null`: it need not; undefined: the server does not tell. */
  readonly judge: (load: ServerLoad) => string | null | undefined;
}

/** A signal that asks the database's server how it fares. Refused where there is no server (exit 2). */
export function serverLimit(
  { flag, judge }: ServerLimit,
  { database, elapsed }: ThrottleSurroundings,
): Throttle {
  const server = serverOf(database, flag);
  const throttle: Throttle = {
    async ask() {
      const why = judge(await server.readLoad());
      if (why === null) return go;
      const reason = why === undefined ? hidden(flag) : `${why} (${flag})`;
      return { kind: 'wait', milliseconds: intervalMilliseconds, reason };
    },
  };
  return atIntervals(throttle, intervalMilliseconds, { elapsed });
}

/** The server behind the database; a file has none. */
export function serverOf(
  { server }: ThrottleSurroundings['database'],
  flag: string,
): NonNullable<ThrottleSurroundings['database']['server']> {
  if (server) return server;
  throw new KeyturnError({
    code: 'KT_NO_SUCH_SIGNAL',
    reason: 'usage',
    message: `${flag} asks the server of the database, and this database is a file`,
    hints: [
      'leave it out, or watch the file: --max-log-size, --min-disk-free, --max-busy, --throttle-command',
    ],
  });
}

function hidden(flag: string): string {
  return `cannot read the signal of ${flag}: this user may not see it (GRANT pg_monitor TO the_user)`;
}

import type { DatabaseMetrics } from '../../model/databases/database-metrics.ts';
import { go, type ThrottleFactory } from '../throttle.ts';
import { refuseServer } from './refuse-server.ts';

/** Transactions over which the share is taken: fewer say nothing. */
const sampleTransactions = 20;

/** How long the run leaves the lock to others, in milliseconds. */
const restMilliseconds = 2000;

/** Waits when a larger share of its transactions than `--max-busy` met a lock of somebody else. */
export const lockRefusals: ThrottleFactory = ({ maximumBusyShare }, { database, elapsed }) => {
  if (maximumBusyShare === undefined) return undefined;
  refuseServer(database, { flag: '--max-busy', instead: 'watch who waits: --max-blocked 0' });
  let since: DatabaseMetrics | undefined;
  let restUntil = Number.NEGATIVE_INFINITY;
  const percent = Math.round(maximumBusyShare * 100);
  const reason = `others held the lock for more than ${String(percent)}% of the transactions (--max-busy)`;
  return {
    async ask() {
      const rest = restUntil - elapsed();
      if (rest > 0) return { kind: 'wait', milliseconds: rest, reason };
      const now = await database.metrics();
      since ??= now;
      const tried = now.transactions - since.transactions;
      if (tried < sampleTransactions) return go;
      const share = (now.refusedTransactions - since.refusedTransactions) / tried;
      since = now;
      if (share <= maximumBusyShare) return go;
      restUntil = elapsed() + restMilliseconds;
      return { kind: 'wait', milliseconds: restMilliseconds, reason };
    },
  };
};

import type { ThrottleFactory } from '../throttle.ts';
import { serverLimit } from './server-limit.ts';

/** Waits while more sessions than `--max-blocked` wait for a lock of ours. */
export const blockedSessions: ThrottleFactory = ({ maximumBlocked }, surroundings) => {
  if (maximumBlocked === undefined) return undefined;
  return serverLimit(
    {
      flag: '--max-blocked',
      judge({ blockedSessions: blocked }) {
        if (blocked === null) return undefined;
        return blocked <= maximumBlocked ? null : `sessions that wait for a lock of ours: ${String(blocked)}`;
      },
    },
    surroundings,
  );
};

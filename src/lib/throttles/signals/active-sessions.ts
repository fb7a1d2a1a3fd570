import type { ThrottleFactory } from '../throttle.ts';
import { serverLimit } from './server-limit.ts';

/** Waits while more sessions of others than `--max-active` are at work. */
export const activeSessions: ThrottleFactory = ({ maximumActive }, surroundings) => {
  if (maximumActive === undefined) return undefined;
  return serverLimit(
    {
      flag: '--max-active',
      judge({ activeSessions: active }) {
        if (active === null) return undefined;
        return active <= maximumActive ? null : `sessions of others at work: ${String(active)}`;
      },
    },
    surroundings,
  );
};

import { go, type ThrottleFactory } from '../throttle.ts';
import { atIntervals } from './at-intervals.ts';
import { serverOf } from './server-limit.ts';

/** Between two questions, in milliseconds. */
const intervalMilliseconds = 2000;

/** Waits unless the query of `--throttle-query` returns true. */
export const ownQuery: ThrottleFactory = ({ query }, { database, elapsed }) => {
  if (query === undefined) return undefined;
  const server = serverOf(database, '--throttle-query');
  const throttle = {
    async ask() {
      if (await server.answersTrue(query)) return go;
      const reason = 'the query of --throttle-query does not return true';
      return { kind: 'wait', milliseconds: intervalMilliseconds, reason } as const;
    },
  };
  return atIntervals(throttle, intervalMilliseconds, { elapsed });
};

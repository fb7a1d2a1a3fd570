import { go, type ThrottleFactory } from '../throttle.ts';

/** Waits for each millisecond of work as long as `--nice` says: 0.5 is half as long, 1 is just as long. */
export const niceRatio: ThrottleFactory = (_, { elapsed }) => {
  let owedMilliseconds = 0;
  let askedAt = elapsed();
  return {
    ask({ milliseconds, limits }) {
      const rested = elapsed() - askedAt - milliseconds;
      askedAt = elapsed();
      const ratio = limits.niceRatio ?? 0;
      owedMilliseconds = ratio === 0 ? 0 : Math.max(owedMilliseconds + ratio * milliseconds - rested, 0);
      if (owedMilliseconds < 1) return Promise.resolve(go);
      const reason = `waits ${String(ratio)} times as long as it works (--nice)`;
      return Promise.resolve({ kind: 'wait', milliseconds: owedMilliseconds, reason });
    },
  };
};

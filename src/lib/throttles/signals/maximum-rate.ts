import { countedText } from '../../model/texts/counted-text.ts';
import { go, type ThrottleFactory } from '../throttle.ts';

/** Walks no more rows in a second than `--max-rate` says, on average. */
export const maximumRate: ThrottleFactory = (_, { elapsed }) => {
  let rowsAhead = 0;
  let askedAt = elapsed();
  return {
    ask({ rows, limits }) {
      const seconds = (elapsed() - askedAt) / 1000;
      askedAt = elapsed();
      const rate = limits.maximumRowsPerSecond;
      rowsAhead = rate === null ? 0 : Math.max(rowsAhead + rows - seconds * rate, 0);
      if (rate === null || rowsAhead < 1) return Promise.resolve(go);
      const reason = `at most ${countedText(rate, 'row')} a second (--max-rate)`;
      return Promise.resolve({ kind: 'wait', milliseconds: (rowsAhead * 1000) / rate, reason });
    },
  };
};

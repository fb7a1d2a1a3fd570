import { byteText } from '../../model/texts/byte-text.ts';
import { go, type ThrottleFactory } from '../throttle.ts';
import { atIntervals } from './at-intervals.ts';

/** Waits while the database's write-ahead log is larger than `--max-log-size`: somebody keeps it from being emptied. */
export const logSize: ThrottleFactory = ({ maximumLogBytes }, { database, elapsed }) => {
  if (maximumLogBytes === undefined) return undefined;
  const throttle = {
    async ask() {
      const { logBytes } = await database.metrics();
      if (logBytes === null || logBytes <= maximumLogBytes) return go;
      await database.keepLogShort();
      const reason = `the log of the database is larger than ${byteText(maximumLogBytes)} (--max-log-size)`;
      return { kind: 'wait', milliseconds: 1000, reason } as const;
    },
  };
  return atIntervals(throttle, 200, { elapsed });
};

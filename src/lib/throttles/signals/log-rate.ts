import { byteText } from '../../model/texts/byte-text.ts';
import type { ThrottleFactory } from '../throttle.ts';
import { serverLimit } from './server-limit.ts';

/** Waits while the server has written more log than `--max-wal-rate` allows, whoever made it write. */
export const logRate: ThrottleFactory = ({ maximumLogBytesPerSecond }, surroundings) => {
  if (maximumLogBytesPerSecond === undefined) return undefined;
  let before: { readonly at: number; readonly bytes: number } | undefined;
  return serverLimit(
    {
      flag: '--max-wal-rate',
      judge({ writtenLogBytes: bytes }) {
        if (bytes === null) return undefined;
        const at = surroundings.elapsed();
        const seconds = before === undefined ? 0 : (at - before.at) / 1000;
        const rate = before === undefined || seconds <= 0 ? 0 : (bytes - before.bytes) / seconds;
        before = { at, bytes };
        return rate <= maximumLogBytesPerSecond
          ? null
          : `the server writes ${byteText(rate)} of log in a second`;
      },
    },
    surroundings,
  );
};

import { byteText } from '../../model/texts/byte-text.ts';
import type { ThrottleFactory } from '../throttle.ts';
import { serverLimit } from './server-limit.ts';

/** Waits while a replica, or a replication slot, is further behind than `--max-lag`. */
export const replicationLag: ThrottleFactory = ({ maximumLagBytes }, surroundings) => {
  if (maximumLagBytes === undefined) return undefined;
  return serverLimit(
    {
      flag: '--max-lag',
      judge({ lagBytes }) {
        if (lagBytes === null) return undefined;
        return lagBytes <= maximumLagBytes
          ? null
          : `a replica or replication slot is ${byteText(lagBytes)} behind`;
      },
    },
    surroundings,
  );
};

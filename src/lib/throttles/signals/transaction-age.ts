import type { ThrottleFactory } from '../throttle.ts';
import { serverLimit } from './server-limit.ts';

/** Waits while a transaction of somebody else is open for longer: until it ends, no dead row can be removed. */
export const transactionAge: ThrottleFactory = ({ maximumTransactionAge }, surroundings) => {
  if (maximumTransactionAge === undefined) return undefined;
  return serverLimit(
    {
      flag: '--max-transaction-age',
      judge({ oldestTransactionMilliseconds: age }) {
        if (age === null) return undefined;
        return age <= maximumTransactionAge
          ? null
          : `a transaction of somebody else is open for ${String(Math.round(age / 1000))} s`;
      },
    },
    surroundings,
  );
};

import { go, type ThrottleFactory } from '../throttle.ts';
import { atIntervals } from './at-intervals.ts';

/** Between two questions, and how long an answer may take, in milliseconds. */
const intervalMilliseconds = 2000;
const timeoutMilliseconds = 5000;

/** Waits unless `--throttle-url` answers with 200 to 299. The address, which may hold a secret, is not repeated. */
export const ownAddress: ThrottleFactory = ({ address }, { elapsed }) => {
  if (address === undefined) return undefined;
  const throttle = {
    async ask() {
      const why = await whyNot(address);
      if (why === null) return go;
      const reason = `the address of --throttle-url ${why}`;
      return { kind: 'wait', milliseconds: intervalMilliseconds, reason } as const;
    },
  };
  return atIntervals(throttle, intervalMilliseconds, { elapsed });
};

async function whyNot(address: string): Promise<string | null> {
  try {
    const answer = await fetch(address, {
      signal: AbortSignal.timeout(timeoutMilliseconds),
      redirect: 'error',
    });
    await answer.body?.cancel();
    return answer.ok ? null : `answers with ${String(answer.status)}`;
  } catch (error) {
    return (error as Error).name === 'TimeoutError' ? 'does not answer' : 'cannot be asked';
  }
}

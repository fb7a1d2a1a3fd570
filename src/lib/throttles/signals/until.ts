import { clockTimeText, nextTimeAt } from '../../model/runs/clock-time.ts';
import { go, type ThrottleFactory } from '../throttle.ts';

/** Ends a run when the machine's clock shows `--until`, for the first time after the run began. */
export const until: ThrottleFactory = (settings, { now }) => {
  if (settings.until === undefined) return undefined;
  const end = nextTimeAt(settings.until, now());
  const reason = `it is ${clockTimeText(settings.until)} (--until)`;
  return { ask: () => Promise.resolve(now() < end ? go : { kind: 'stop', reason }) };
};

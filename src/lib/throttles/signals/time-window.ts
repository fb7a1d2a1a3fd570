import { clockTimeText, isWithin, nextTimeAt } from '../../model/runs/clock-time.ts';
import { go, type ThrottleFactory } from '../throttle.ts';

/** Between two looks at the clock, in milliseconds. */
const pauseMilliseconds = 1000;

/** A window that opens within this time is waited for, in milliseconds: the clock may have been set back a little. */
const worthWaiting = 10 * 60_000;

/** Waits until `--window` opens; a run that has worked in it ends when it closes. By the machine's clock. */
export const timeWindow: ThrottleFactory = ({ window }, { now }) => {
  if (window === undefined) return undefined;
  const name = `${clockTimeText(window.from)}-${clockTimeText(window.to)}`;
  let hasWorked = false;
  return {
    ask() {
      if (isWithin(window, now())) {
        hasWorked = true;
        return Promise.resolve(go);
      }
      const opensIn = nextTimeAt(window.from, now()) - now();
      if (hasWorked && opensIn > worthWaiting)
        return Promise.resolve({ kind: 'stop', reason: `the window ${name} has closed (--window)` });
      const reason = `the window ${name} is closed until ${clockTimeText(window.from)} (--window)`;
      return Promise.resolve({ kind: 'wait', milliseconds: Math.min(opensIn, pauseMilliseconds), reason });
    },
  };
};

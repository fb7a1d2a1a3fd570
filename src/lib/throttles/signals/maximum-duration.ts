import { go, type ThrottleFactory } from '../throttle.ts';

/** Ends a run after `--max-duration`, by a clock that never jumps. */
export const maximumDuration: ThrottleFactory = ({ maximumMilliseconds }, { elapsed }) => {
  if (maximumMilliseconds === undefined) return undefined;
  const end = elapsed() + maximumMilliseconds;
  return {
    ask: () =>
      Promise.resolve(elapsed() < end ? go : { kind: 'stop', reason: 'the time of --max-duration is over' }),
  };
};

import type { Throttle, ThrottleSurroundings, Verdict } from '../throttle.ts';

/** Asks a signal that costs something at most once per interval; in between its last verdict holds. */
export function atIntervals(
  throttle: Throttle,
  milliseconds: number,
  { elapsed }: Pick<ThrottleSurroundings, 'elapsed'>,
): Throttle {
  let askedAt = Number.NEGATIVE_INFINITY;
  let verdict: Promise<Verdict> | undefined;
  return {
    ask(work) {
      if (verdict && elapsed() - askedAt < milliseconds) return verdict;
      askedAt = elapsed();
      verdict = throttle.ask(work);
      return verdict;
    },
  };
}

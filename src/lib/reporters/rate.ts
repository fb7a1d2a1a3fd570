const windowMilliseconds = 60_000;
/** Samples are kept per second, so that a fast run does not fill the memory. */
const sampleMilliseconds = 1_000;
/** Before this time has passed a rate would say more about the start than about the run. */
const shortestMilliseconds = 1_000;

/** Rows per second over the last minute. All times are milliseconds of one clock that never goes back. */
export interface RateMeter {
  add(rows: number, now: number): void;
  /** Undefined in the first second. */
  rowsPerSecond(now: number): number | undefined;
  /** Undefined as long as the rate is unknown, or while nothing has moved for a minute. */
  secondsLeft(remainingRows: number, now: number): number | undefined;
}

interface Sample {
  readonly startedAt: number;
  rows: number;
}

/** A meter that starts at `startedAt`; rows done before it are none of its business. */
export function createRateMeter(startedAt: number): RateMeter {
  const samples: Sample[] = [];

  const forget = (now: number): void => {
    while (samples[0] !== undefined && samples[0].startedAt <= now - windowMilliseconds) samples.shift();
  };

  const rowsPerSecond = (now: number): number | undefined => {
    const elapsed = now - startedAt;
    if (elapsed < shortestMilliseconds) return undefined;
    forget(now);
    const rows = samples.reduce((sum, sample) => sum + sample.rows, 0);
    return (rows * 1_000) / Math.min(elapsed, windowMilliseconds);
  };

  return {
    add(rows, now) {
      forget(now);
      const last = samples.at(-1);
      if (last !== undefined && now - last.startedAt < sampleMilliseconds) last.rows += rows;
      else samples.push({ startedAt: now, rows });
    },
    rowsPerSecond,
    secondsLeft(remainingRows, now) {
      const rate = rowsPerSecond(now);
      if (remainingRows <= 0) return 0;
      return rate === undefined || rate === 0 ? undefined : remainingRows / rate;
    },
  };
}

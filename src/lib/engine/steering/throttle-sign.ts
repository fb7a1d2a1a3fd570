import type { SteeredRun } from './steered-run.ts';

/** Tells operators why a run waits: in its progress, and in the ledger for `status`. */
export interface ThrottleSign {
  show(reason: string): Promise<void>;
  /** The run has not had to wait just now. */
  clear(): Promise<void>;
}

/** A reason is shown for as long at least, in milliseconds: signals may take turns. */
const shortestShow = 1000;

/** A run that waits after every chunk is throttled all the time: this long without a wait ends it, in milliseconds. */
const longestGap = 2000;

/** Shows nothing at first. */
export function createThrottleSign({ database, workerId, reporter, elapsed }: SteeredRun): ThrottleSign {
  let shown: string | null = null;
  let shownAt = Number.NEGATIVE_INFINITY;
  let waitedAt = Number.NEGATIVE_INFINITY;

  async function change(reason: string | null): Promise<void> {
    shown = reason;
    shownAt = elapsed();
    reporter.report(reason === null ? { kind: 'throttle lifted' } : { kind: 'throttled', reason });
    await database.transaction(({ ledger }) => ledger.noteThrottle(workerId, reason), 'side by side');
  }

  return {
    async show(reason) {
      waitedAt = elapsed();
      if (reason !== shown && (shown === null || waitedAt - shownAt >= shortestShow)) await change(reason);
    },
    async clear() {
      if (shown !== null && elapsed() - waitedAt >= longestGap) await change(null);
    },
  };
}

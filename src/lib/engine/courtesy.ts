import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import type { MigrationRun } from './migration-run.ts';

/** Leaves the lock to others between two chunks. */
export interface Courtesy {
  /** Waits a while that depends on how long the last transaction held the lock. */
  giveWay(lockMilliseconds: number): Promise<void>;
}

/** How long after another process has written we still expect it to write, in milliseconds. */
const writersRemembered = 2000;

/** Pause for each millisecond of lock while others write: a waiting SQLite writer polls, and must hit the gap. */
const pauseRatio = 1.5;

/** Always lets signals and timers through; pauses only while others write. */
export function createCourtesy({ database, knobs, stop }: MigrationRun): Courtesy {
  let writersSeen = Number.NEGATIVE_INFINITY;
  return {
    async giveWay(lockMilliseconds) {
      await nextTurn();
      if (knobs.courtesy === 'hurry') return;
      const now = performance.now();
      if (database.foreignCommitSeen()) writersSeen = now;
      if (now - writersSeen > writersRemembered) return;
      await sleep(pauseRatio * lockMilliseconds, undefined, { signal: stop }).catch(() => undefined);
    },
  };
}

import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import type { MigrationRun } from '../migration-run.ts';
import type { JointProgress } from './joint-progress.ts';

/** Leaves the lock to others between two transactions. */
export interface Courtesy {
  /** Waits before a transaction until the lock has been free for long enough. */
  giveWay(): Promise<void>;
  /** Records that a transaction has just ended, and how long it held the lock. */
  note(lockMilliseconds: number): void;
  /** Tells whether others have written, or at least could have, since the run began. */
  hasOtherWriters(): Promise<boolean>;
}

/** A run that is under way. */
export interface ActiveRun extends MigrationRun {
  readonly courtesy: Courtesy;
  readonly jointProgress: JointProgress;
}

/** How long after another process has written we still expect it to write, in milliseconds. */
const writersRemembered = 2000;

/**
 * How long the lock is free for each millisecond we hold it, while others write: a waiting SQLite writer polls,
 * after 1, 3, 8, 18, 33 milliseconds and so on, and at each poll meets a free lock this often.
 */
const freeRatio = 2;

/** A commit that a slow disk held up is no reason for a long pause, in milliseconds. */
const longestPause = 50;

/** Always lets signals and timers through; pauses only while others write. */
export function createCourtesy({ database, knobs, steering }: MigrationRun): Courtesy {
  let writersSeen = Number.NEGATIVE_INFINITY;
  let freeUntil = 0;
  return {
    async giveWay() {
      await nextTurn();
      if (knobs.courtesy === 'hurry') return;
      await database.keepLogShort();
      const now = performance.now();
      if (database.foreignCommitSeen()) writersSeen = now;
      if (now - writersSeen > writersRemembered || now >= freeUntil) return;
      await sleep(freeUntil - now, undefined, { signal: steering.stop }).catch(() => undefined);
    },
    async hasOtherWriters() {
      if (knobs.courtesy === 'hurry') return false;
      return Number.isFinite(writersSeen) || (await database.otherProcesses()).length > 0;
    },
    note(lockMilliseconds) {
      freeUntil = performance.now() + Math.min(freeRatio * lockMilliseconds, longestPause);
    },
  };
}

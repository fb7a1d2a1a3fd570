import type { TargetDatabase } from '../databases/target-database.ts';
import type { ClockWindow, ClockTime } from '../model/runs/clock-time.ts';
import type { SpeedLimits } from '../model/runs/speed-limits.ts';

/** One signal that can slow a run down or end it. Asked before each chunk, and again while the run waits. */
export interface Throttle {
  /** An error counts as a wait: a signal that cannot be read must not let a run hurry on. */
  ask(work: Workload): Promise<Verdict>;
}

/** What a signal says. Reasons are for operators: lower case, no full stop, no secret, and the flag to turn. */
export type Verdict =
  | { readonly kind: 'go' }
  /** Ask again after about so many milliseconds. */
  | { readonly kind: 'wait'; readonly milliseconds: number; readonly reason: string }
  /** The run ends at this checkpoint, on purpose, and can go on another time. */
  | { readonly kind: 'stop'; readonly reason: string };

/** What the run has done since the last question, and how fast it may go. */
export interface Workload {
  readonly rows: number;
  /** How long it worked; the rest of the time it waited. */
  readonly milliseconds: number;
  readonly limits: SpeedLimits;
}

/** Signals that an operator can switch on for a run; absent: off. */
export interface ThrottleSettings {
  /** Ends the run after so many milliseconds. */
  readonly maximumMilliseconds?: number | undefined;
  /** Ends the run when the clock next shows this. */
  readonly until?: ClockTime | undefined;
  /** The run waits until the window opens, and ends when it closes. */
  readonly window?: ClockWindow | undefined;
  /** Most bytes the database's log may have. */
  readonly maximumLogBytes?: number | undefined;
  /** Least room on the database's file system, in bytes. */
  readonly minimumFreeBytes?: number | undefined;
  /** Largest share of transactions, from 0 to 1, that may meet somebody else's lock. */
  readonly maximumBusyShare?: number | undefined;
  /** The run waits while this file exists. */
  readonly flagFile?: string | undefined;
  /** The run waits unless this shell command exits with 0. */
  readonly command?: string | undefined;
  /** The run waits unless this query returns true. */
  readonly query?: string | undefined;
  /** The run waits unless this URL answers with success. */
  readonly address?: string | undefined;
  /** Most bytes of log that a replica or replication slot may be behind. */
  readonly maximumLagBytes?: number | undefined;
  /** Most bytes of log that the server may write in a second, for everybody. */
  readonly maximumLogBytesPerSecond?: number | undefined;
  /** Most segments of the log that may wait to be archived. */
  readonly maximumUnarchived?: number | undefined;
  /** Most sessions that may wait for a lock of ours. */
  readonly maximumBlocked?: number | undefined;
  /** Most sessions of others that may be at work. */
  readonly maximumActive?: number | undefined;
  /** How long a transaction of somebody else may be open, in milliseconds. */
  readonly maximumTransactionAge?: number | undefined;
  /** The run waits while a vacuum is at work on a table of the database. */
  readonly vacuums?: 'awaited' | undefined;
}

/** What signals look at. */
export interface ThrottleSurroundings {
  readonly database: Pick<TargetDatabase, 'metrics' | 'keepLogShort' | 'server'>;
  /** Never goes back, in milliseconds. */
  readonly elapsed: () => number;
  /** The time of day, in milliseconds since 1970; may jump. */
  readonly now: () => number;
}

/** Makes a signal, where the settings ask for it. */
export type ThrottleFactory = (
  settings: ThrottleSettings,
  surroundings: ThrottleSurroundings,
) => Throttle | undefined;

/** The verdict of a signal that has no objection. */
export const go: Verdict = { kind: 'go' };

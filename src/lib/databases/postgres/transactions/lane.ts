import { setTimeout as sleep } from 'node:timers/promises';
import { announceTableLocks, type TableLock } from '../../../model/databases/table-lock.ts';
import { reached } from '../../../model/runs/step.ts';
import { classifyError, errorCodeOf, explainPostgresError, lockNotAvailable } from '../connection/errors.ts';
import type { PostgresSession } from '../connection/session.ts';
import { tablesLocked } from '../connection/tables-locked.ts';
import { listTableLocks } from '../health/table-locks.ts';

/** One session after the other: opened on first use, and again when it was lost. Work on it queues up. */
export interface Lane {
  /**
   * Does `work` alone on the session. Work that ends because the connection was lost or others were in the way is done
   * again, with growing pauses, until patience ends (exit 75): it must be safe to repeat. Who keeps tables locked meanwhile is
   * announced. Explains every error.
   */
  run<Result>(work: (session: PostgresSession) => Promise<Result>): Promise<Result>;
  close(): Promise<void>;
}

/** What a lane needs to open sessions and to speak of them. */
export interface LaneOptions {
  readonly connect: () => Promise<PostgresSession>;
  /** The database, for messages. */
  readonly location: string;
  /** How long to wait altogether for a server that is away, in milliseconds; 60 s by default. */
  readonly patienceMilliseconds?: number;
}

const defaultPatience = 60_000;
const firstPause = 20;
const longestPause = 3000;

/** Locks that are gone sooner are nobody's business, in milliseconds. */
const unnoticedMilliseconds = 1500;

/** Makes a lane, around a session that is open already if there is one. */
export function createLane(options: LaneOptions, opened?: PostgresSession): Lane {
  const { connect, location, patienceMilliseconds = defaultPatience } = options;
  let session = opened;
  let queue: Promise<unknown> = Promise.resolve();

  async function liveSession(): Promise<PostgresSession> {
    if (session === undefined || session.isLost()) session = await connect();
    return session;
  }

  async function runPatiently<Result>(work: (live: PostgresSession) => Promise<Result>): Promise<Result> {
    const begun = performance.now();
    const deadline = begun + patienceMilliseconds;
    for (let pause = firstPause; ; pause = Math.min(pause * 2, longestPause)) {
      try {
        return await work(await liveSession());
      } catch (error) {
        const errorClass = classifyError(error);
        const isHopeless = errorClass === 'other' || errorClass === 'refused';
        const locked = await noticeLocks(error, begun);
        if (isHopeless || performance.now() > deadline)
          throw locked.length === 0
            ? explainPostgresError(error, location)
            : tablesLocked(locked, { location, waitedMilliseconds: performance.now() - begun });
        if (errorClass === 'connection lost') await giveUpSession();
      }
      reached('turned away');
      await sleep(pause * (0.5 + Math.random()));
    }
  }

  /** Asks on the same session, which waits for nothing any more: there may be no other to have. */
  async function noticeLocks(error: unknown, begun: number): Promise<readonly TableLock[]> {
    if (errorCodeOf(error) !== lockNotAvailable || performance.now() - begun < unnoticedMilliseconds)
      return [];
    const locked = session === undefined ? [] : await listTableLocks(session);
    announceTableLocks(locked);
    return locked;
  }

  /** A connection that is half lost would answer what was asked before. */
  async function giveUpSession(): Promise<void> {
    const lost = session;
    session = undefined;
    await lost?.close().catch(() => undefined);
  }

  return {
    run(work) {
      const result = queue.then(() => runPatiently(work));
      queue = result.catch(() => undefined);
      return result;
    },
    async close() {
      await queue;
      await giveUpSession();
    },
  };
}

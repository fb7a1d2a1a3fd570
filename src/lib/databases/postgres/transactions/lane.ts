import { setTimeout as sleep } from 'node:timers/promises';
import { announceTableLocks, type TableLock } from '../../../model/databases/table-lock.ts';
import { reached } from '../../../model/runs/step.ts';
import { classifyError, errorCodeOf, explainPostgresError, lockNotAvailable } from '../connection/errors.ts';
import type { PostgresSession } from '../connection/session.ts';
import { tablesLocked } from '../connection/tables-locked.ts';
import { listTableLocks } from '../health/table-locks.ts';
import { lookAtWait } from './look-at-wait.ts';

/** One session after the other: opened on first use, and again when it was lost. Work on it queues up. */
export interface Lane {
  /**
   * Does `work` alone on the session. Work that ends because the connection was lost or others were in the way is done
   * again, with growing pauses, until its timeout (exit 75): it must be safe to repeat. Who keeps tables locked meanwhile is
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
  /** Finds out, on another session, for whom the process of one waits at this moment; without it, that is asked when it waits no more. */
  readonly listWaitedFor?: (processId: number) => Promise<readonly TableLock[]>;
  /** How long to wait altogether for a server that is away, in milliseconds; 60 s by default. */
  readonly timeoutMilliseconds?: number;
}

const defaultTimeoutMilliseconds = 60_000;
const firstPause = 20;
const longestPause = 3000;

/** Locks that are gone sooner are nobody's business, in milliseconds. */
const unnoticedMilliseconds = 1500;

/** Makes a lane, around a session that is open already if there is one. */
export function createLane(options: LaneOptions, opened?: PostgresSession): Lane {
  const { connect, location, timeoutMilliseconds = defaultTimeoutMilliseconds } = options;
  let session = opened;
  let queue: Promise<unknown> = Promise.resolve();

  async function liveSession(): Promise<PostgresSession> {
    if (session === undefined || session.isLost()) session = await connect();
    return session;
  }

  const listOwnWait = async (): Promise<readonly TableLock[]> =>
    session === undefined ? [] : ((await options.listWaitedFor?.(session.processId)) ?? []);

  async function runWithRetries<Result>(work: (live: PostgresSession) => Promise<Result>): Promise<Result> {
    const begun = performance.now();
    const deadline = begun + timeoutMilliseconds;
    let isContended = false;
    for (let pause = firstPause; ; pause = Math.min(pause * 2, longestPause)) {
      const attempt = new AbortController();
      const seen = isContended ? lookAtWait(listOwnWait, attempt.signal) : Promise.resolve([]);
      try {
        return await work(await liveSession());
      } catch (error) {
        const errorClass = classifyError(error);
        const isHopeless = errorClass === 'other' || errorClass === 'refused';
        isContended = errorCodeOf(error) === lockNotAvailable;
        const isNoticed = isContended && performance.now() - begun >= unnoticedMilliseconds;
        const locked = isNoticed ? await noticeLocks(await seen) : [];
        if (isHopeless || performance.now() > deadline)
          throw locked.length === 0
            ? explainPostgresError(error, location)
            : tablesLocked(locked, { location, waitedMilliseconds: performance.now() - begun });
        if (errorClass === 'connection lost') await giveUpSession();
      } finally {
        attempt.abort();
      }
      reached('turned away');
      await sleep(pause * (0.5 + Math.random()));
    }
  }

  /** Where nobody was seen, asks on the same session, which waits for nothing any more: there may be no other to have. */
  async function noticeLocks(seen: readonly TableLock[]): Promise<readonly TableLock[]> {
    const locked = seen.length > 0 || session === undefined ? seen : await listTableLocks(session);
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
      const result = queue.then(() => runWithRetries(work));
      queue = result.catch(() => undefined);
      return result;
    },
    async close() {
      await queue;
      await giveUpSession();
    },
  };
}

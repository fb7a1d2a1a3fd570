import { setTimeout as sleep } from 'node:timers/promises';
import { reached } from '../../../model/runs/step.ts';
import { classifyError, explainPostgresError } from '../connection/errors.ts';
import type { PostgresSession } from '../connection/session.ts';

/** One session after the other: opened on first use, and again when it was lost. Work on it queues up. */
export interface Lane {
  /**
   * Does `work` alone on the session. Work that ends because the connection was lost or others were in the way is done
   * again, with growing pauses, until patience ends (exit 75): it must be safe to repeat. Explains every error.
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
    const deadline = performance.now() + patienceMilliseconds;
    for (let pause = firstPause; ; pause = Math.min(pause * 2, longestPause)) {
      try {
        return await work(await liveSession());
      } catch (error) {
        const errorClass = classifyError(error);
        const isHopeless = errorClass === 'other' || errorClass === 'refused';
        if (isHopeless || performance.now() > deadline) throw explainPostgresError(error, location);
        if (errorClass === 'connection lost') await giveUpSession();
      }
      reached('turned away');
      await sleep(pause * (0.5 + Math.random()));
    }
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

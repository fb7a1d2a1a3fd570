import { AsyncLocalStorage } from 'node:async_hooks';
import type { PostgresSession } from '../connection/session.ts';
import type { Lane } from './lane.ts';

/** Work that is under way on the only session there is. */
interface Turn {
  readonly session: PostgresSession;
  isOver: boolean;
}

/**
 * A lane that reads and writes, for a server that has one session to give. What a transaction asks for on the way would wait
 * for the transaction itself: it is done at once, on the session that the transaction has.
 */
export function createOnlyLane(lane: Lane): Lane {
  const turns = new AsyncLocalStorage<Turn>();
  return {
    run(work) {
      const turn = turns.getStore();
      if (turn && !turn.isOver) return work(turn.session);
      return lane.run(async (session) => {
        const own: Turn = { session, isOver: false };
        try {
          return await turns.run(own, () => work(session));
        } finally {
          own.isOver = true;
        }
      });
    },
    close: () => lane.close(),
  };
}

import type { LedgerView } from './ledger-view.ts';
import { takeSnapshot, type ObservedCommit, type Snapshot, type Surroundings } from './observed-commit.ts';
import { promises } from './promises.ts';

/** Holds the promises against every commit of every runner. */
export interface Watch {
  /** Remembers what a transaction finds when it begins. */
  readonly begin: () => void;
  /** Looks at what it has committed. */
  readonly check: (commit: Pick<ObservedCommit, 'step' | 'workerId' | 'readings'>) => void;
  /** Throws the first promise that was broken, which the process that broke it may have hidden. */
  readonly refuseBrokenPromise: () => void;
}

export function createWatch(ledger: LedgerView, surroundings: Surroundings): Watch {
  let earlier: Snapshot | undefined;
  let before: Snapshot | undefined;
  let broken: Error | undefined;

  /** A cell that is not what it should be is found by reading it. */
  function noteErrors(work: () => void): void {
    try {
      work();
    } catch (error) {
      broken ??= error as Error;
    }
  }

  return {
    begin() {
      noteErrors(() => {
        before = takeSnapshot(surroundings.fleet, ledger);
      });
    },
    check(commit) {
      noteErrors(() => {
        const after = takeSnapshot(surroundings.fleet, ledger);
        if (!before) throw new Error('a transaction is committed that has not begun');
        const observed = { ...commit, earlier: earlier ?? before, before, after, surroundings };
        for (const promise of promises) {
          const complaint = promise(observed);
          if (complaint !== undefined) throw new Error(complaint);
        }
        earlier = after;
      });
    },
    refuseBrokenPromise() {
      if (broken) throw broken;
    },
  };
}

import type { OtherProcess } from '../model/databases/other-process.ts';
import type { Leftover } from '../model/runs/leftover.ts';
import type { RunOwner } from '../model/runs/run-owner.ts';
import type { StopCause } from '../model/runs/stop-cause.ts';

/** How a run of a migration ended. */
export type RunEnd =
  | { readonly kind: 'succeeded' }
  /** Other columns have all values; the plaintext stays until the migration is finalized. */
  | { readonly kind: 'ready' }
  /** It was stopped; the next run resumes here, unless the migration was cancelled. */
  | { readonly kind: 'stopped'; readonly cause: StopCause }
  /** Its part of the work is done; another run of the same migration verifies it. */
  | { readonly kind: 'handed over'; readonly to: RunOwner }
  /** Everything else is done, but more cells are in quarantine than allowed, or some stay under the old key. */
  | {
      readonly kind: 'quarantined';
      readonly cells: number;
      /** Those of them that the schema does not let change: no limit excuses a cell that needs the old key. */
      readonly refused: number;
    }
  /** Cells under the old key are written as fast as they are rewritten. */
  | {
      readonly kind: 'outpaced';
      /** What the last sweep found. */
      readonly cells: number;
      /** Processes that had the database open after one of the sweeps. */
      readonly otherProcesses: readonly OtherProcess[];
    }
  /** The census found cells under the old key that the plan does not cover. */
  | { readonly kind: 'left behind'; readonly leftovers: readonly Leftover[] };

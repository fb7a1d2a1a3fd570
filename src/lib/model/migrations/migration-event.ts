import type { CellCounts } from '../cells/cell-counts.ts';

/** The parts of a run an operator can tell apart. */
export type RunPhase = 'backup' | 'execute' | 'verify' | 'census' | 'finalize' | 'rewrite' | 'search';

/** An event of a run in progress; reporters turn it into a bar, lines or JSON. */
export type MigrationEvent =
  | { readonly kind: 'phase started'; readonly phase: RunPhase }
  | {
      readonly kind: 'pass started';
      readonly table: string;
      /** 1 does the work; later ones look for what is left. */
      readonly pass: number;
      readonly estimatedRows: number;
      /** Rows an earlier run of this migration has already walked in this pass. */
      readonly doneRows: number;
    }
  | {
      readonly kind: 'chunk committed';
      readonly table: string;
      readonly pass: number;
      readonly rows: number;
      readonly counts: CellCounts;
      /** How long the transaction held its lock. */
      readonly lockMilliseconds: number;
    }
  /** Several runs share the pass: how far all of them together are. */
  | {
      readonly kind: 'others at work';
      readonly table: string;
      readonly pass: number;
      /** How many runs there are, this one included. */
      readonly runs: number;
      readonly doneRows: number;
    }
  | {
      readonly kind: 'pass finished';
      readonly table: string;
      readonly pass: number;
      readonly counts: CellCounts;
    }
  /** A search through the bytes of a file begins. */
  | { readonly kind: 'file opened'; readonly file: string; readonly bytes: number }
  | { readonly kind: 'bytes read'; readonly file: string; readonly bytes: number }
  | { readonly kind: 'phase finished'; readonly phase: RunPhase; readonly milliseconds: number }
  /** An operator paused the migration: the run waits. */
  | { readonly kind: 'paused'; readonly by: string }
  | { readonly kind: 'resumed'; readonly by: string }
  /** The run goes slower than it could, or waits. */
  | { readonly kind: 'throttled'; readonly reason: string }
  | { readonly kind: 'throttle lifted' }
  | { readonly kind: 'warning'; readonly message: string };

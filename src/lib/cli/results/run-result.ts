import type { CellCounts } from '../../model/cells/cell-counts.ts';
import type { IssueGroup } from '../../model/cells/cell-issue.ts';
import type { ColumnCensus } from '../../model/columns/column-census.ts';
import type { KeyId } from '../../model/columns/column-state.ts';
import type { MigrationState } from '../../model/migrations/migration-state.ts';
import type { MigrationKind } from '../../model/plans/plan.ts';
import type { ScrubResult } from './scrub-result.ts';

/** How a run ended: a state of its migration, or what kept it from one; `skipped`: another run holds the lock. */
export type RunState =
  MigrationState | 'interrupted' | 'handed over' | 'rehearsed' | 'nothing to do' | 'skipped';

/** `rotate`, `execute`, `rollback`, `dry-run`. */
export interface RunResult {
  /** `null` where nothing was to do, and for a dry run, of which nothing remains. */
  readonly migration: string | null;
  readonly kind: MigrationKind | 'rollback';
  readonly state: RunState;
  readonly database: string;
  /** `null`: plaintext. */
  readonly oldKeyId: KeyId | null;
  readonly newKeyId: KeyId | null;
  readonly cells: CellCounts;
  readonly targets: readonly RunTarget[];
  /** The columns that were to be encrypted or decrypted, where there was nothing to do because none of them holds a value. */
  readonly blank: readonly ColumnCensus[];
  readonly phases: PhaseMilliseconds;
  /** Path of the backup; `null` where none was made. */
  readonly backup: string | null;
  readonly issues: readonly IssueGroup[];
  /** The scrub that followed; `null` where none did, or it has not come to its end. */
  readonly scrub: ScrubResult | null;
  /** What can still be opened with the old key, or says so: the backup, excluded columns. One sentence each. */
  readonly remains: readonly string[];
  readonly warnings: readonly string[];
  readonly next: readonly string[];
}

/** One table of a run. */
export interface RunTarget {
  readonly table: string;
  readonly columns: readonly string[];
  readonly cells: CellCounts;
}

/** How long each phase took, in milliseconds; 0 where it did not take place. */
export interface PhaseMilliseconds {
  readonly plan: number;
  readonly backup: number;
  readonly execute: number;
  readonly verify: number;
  readonly census: number;
  readonly finalize: number;
  /** Of the scrub that followed. */
  readonly rewrite: number;
  readonly search: number;
}

/** A run in which nothing took place. */
export const noPhases: PhaseMilliseconds = {
  plan: 0,
  backup: 0,
  execute: 0,
  verify: 0,
  census: 0,
  finalize: 0,
  rewrite: 0,
  search: 0,
};

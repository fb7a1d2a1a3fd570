import type { CellCounts } from '../cells/cell-counts.ts';
import type { IssueReason } from '../cells/cell-issue.ts';
import type { PlaintextEnd } from '../plans/plaintext-end.ts';
import type { Plan } from '../plans/plan.ts';
import type { MigrationFailure } from './migration-failure.ts';
import type { MigrationState } from './migration-state.ts';
import type { Orders } from './orders.ts';

/** A migration as the ledger knows it. Times are milliseconds since 1970 by the database's clock. */
export interface MigrationRecord {
  readonly id: string;
  /** With the fingerprints that its tables have by now, where a run has altered them. */
  readonly plan: Plan;
  /** Hash of the plan as it was made. */
  readonly planHash: string;
  /** The migration this one takes back. */
  readonly reverses: string | null;
  readonly state: MigrationState;
  /** What operators want of it, which its run may not have followed yet. */
  readonly orders: Orders;
  readonly createdAt: number;
  readonly startedAt: number | null;
  readonly finishedAt: number | null;
  /** Time spent running, over all runs. */
  readonly runningMilliseconds: number;
  readonly failure: MigrationFailure | null;
  /** The complete copy made before the first write, if there is one: it still holds the old key's cells. */
  readonly backup: string | null;
  /** Whether its runs keep the cells they replace, so that a rollback gives them back byte for byte. */
  readonly undo: 'keep' | 'none';
  /** Whether a scrub is to follow its success, or has: `done` says nothing of what it found. */
  readonly scrub: 'none' | 'asked' | 'done';
  /** When a scrub proved that nothing is left of the old values outside its cells; `null`: not yet. */
  readonly scrubbedAt: number | null;
  /** What is to become of its plaintext columns, once a finalize has closed them to others; `null`: none has. */
  readonly contract: PlaintextEnd | null;
  readonly targets: readonly TargetRecord[];
}

/** One table of a migration. */
export interface TargetRecord {
  readonly id: number;
  readonly table: string;
  /** Number of the current walk over the table, from 1. */
  readonly pass: number;
  readonly passState: 'walking' | 'done';
  /** The key up to which the current pass has handed out chunks; `null`: none yet. */
  readonly frontier: string | null;
  /** What `layoutVersion` of the database was when the pass last committed. */
  readonly layoutVersion: string | null;
  /** Whether a run has given its table columns, or taken some. */
  readonly shape: 'as planned' | 'altered';
  readonly estimatedRows: number;
}

/** How far one target is: the first pass does the work, later ones look for what is left. */
export interface TargetProgress {
  readonly targetId: number;
  readonly pass: number;
  readonly rows: number;
  readonly counts: CellCounts;
}

/** A cell in quarantine, as recorded. */
export interface RecordedIssue {
  readonly table: string;
  readonly rowKey: string;
  readonly column: string;
  readonly reason: IssueReason;
  /** Milliseconds since 1970, by the database's clock. */
  readonly firstSeenAt: number;
}

/** Rows walked lately, and over how many milliseconds; both 0 when nothing runs. */
export interface Pace {
  readonly rows: number;
  readonly milliseconds: number;
}

import type { CellCounts } from '../../model/cell-counts.ts';
import type { CellPlace, IssueGroup, IssueReason } from '../../model/cell-issue.ts';
import type { CensusCounts } from '../../model/column-census.ts';
import type { FormatName, KeyId } from '../../model/column-state.ts';
import type { DatabaseIdentity } from '../../model/database-identity.ts';
import type { FieldType, Sensitivity } from '../../model/field-type.ts';
import type { MigrationState } from '../../model/migration-state.ts';
import type { DesiredState } from '../../model/orders.ts';
import type { PlaintextWriter } from '../../model/plaintext-writer.ts';
import type { ExcludedColumn, MigrationKind, Obstacle, PlanEstimate } from '../../model/plan.ts';
import type { TableNote } from '../../model/schema-note.ts';
import type { SpeedLimits } from '../../model/speed-limits.ts';
import type { MigrationIndexResult } from './described-index.ts';
import type { GuardedColumn } from './guard-result.ts';
import type { ScrubResult } from './scrub-result.ts';

/*
 * What `--json` prints, by command. Part of the public interface: fields are added, never renamed or removed.
 * Commands to type next stand in `next`, most useful first.
 */

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

/** `status`. */
export interface StatusResult {
  readonly migration: string;
  readonly kind: MigrationKind | 'rollback';
  /** `interrupted`: the ledger says running or verifying, but no process does it. */
  readonly state: MigrationState | 'interrupted';
  readonly database: string;
  /** `null`: plaintext. */
  readonly oldKeyId: KeyId | null;
  readonly newKeyId: KeyId | null;
  readonly rows: { readonly done: number; readonly estimated: number };
  readonly cells: CellCounts;
  readonly rowsPerSecond: number | null;
  readonly secondsLeft: number | null;
  /** Why the run goes slower than it could; `null` where it does not. */
  readonly throttle: string | null;
  /** How fast it may go, as flags or `tune` have said. */
  readonly limits: SpeedLimits;
  readonly issues: readonly IssueGroup[];
  /** Old cells that the database keeps for a rollback (`--keep-undo`), of all migrations. */
  readonly keptCells: number;
  /** Whether a scrub is to follow, or has; `done` says nothing of what it found. */
  readonly scrub: 'none' | 'asked' | 'done';
  /** When a scrub proved that nothing is left of the old values outside the cells, in milliseconds since 1970. */
  readonly scrubbedAt: number | null;
  readonly guards: readonly GuardedColumn[];
  /** Who has written plaintext beside its cells that no run has taken over yet. */
  readonly plaintextWriters: readonly PlaintextWriter[];
  /** Milliseconds since 1970. */
  readonly startedAt: number | null;
  readonly finishedAt: number | null;
  readonly runningMilliseconds: number;
  /** What its columns hold, where the plan says so. */
  readonly fields: readonly TypedColumn[];
  /** The blind indexes of its columns. */
  readonly indexes: readonly MigrationIndexResult[];
  /** What operators want of it, and who asked for that last; its run follows at the next chunk. */
  readonly desired: DesiredState;
  readonly desiredBy: string | null;
  /** The process that works on it, e.g. `process 4711 on db1`; `null` where none does. Of several, the first. */
  readonly heldBy: string | null;
  /** All processes that work on it, with the rows each has walked and why it goes slower than it could. */
  readonly runs: readonly {
    readonly process: string;
    readonly rows: number;
    readonly throttle: string | null;
  }[];
  readonly failure: { readonly code: string; readonly message: string } | null;
  readonly next: readonly string[];
}

/** A column and what its values mean. */
interface TypedColumn {
  readonly table: string;
  readonly column: string;
  readonly fieldType: FieldType;
  readonly sensitivity: Sensitivity;
}

/** `issues list`. */
export interface IssuesListResult {
  readonly migration: string;
  readonly database: string;
  readonly oldKeyId: KeyId | null;
  readonly newKeyId: KeyId | null;
  /** How many there are, listed or not. */
  readonly total: number;
  readonly issues: readonly ListedIssue[];
  readonly next: readonly string[];
}

/** A cell in quarantine. */
interface ListedIssue extends CellPlace {
  /** A condition that finds the row; `null` where its table is gone. */
  readonly where: string | null;
  readonly reason: IssueReason;
  /** Milliseconds since 1970. */
  readonly firstSeenAt: number;
}

/** `undo drop`. */
export interface UndoDropResult {
  readonly database: string;
  /** Old cells that were deleted. */
  readonly dropped: number;
  readonly next: readonly string[];
}

/** `tune`. */
export interface TuneResult {
  readonly migration: string;
  readonly database: string;
  /** As they are now; `null`: not limited. */
  readonly limits: SpeedLimits;
  /** The process that follows at its next chunk; `null` where none runs: the next run will. */
  readonly heldBy: string | null;
  readonly next: readonly string[];
}

/** `pause`, `resume`, `cancel`. */
export interface OrderResult {
  readonly migration: string;
  readonly order: 'pause' | 'resume' | 'cancel';
  /** `pending`: the run has not followed within `--wait`; `no run`: nobody works on it, the next run will follow. */
  readonly outcome: 'followed' | 'pending' | 'no run';
  readonly state: StatusResult['state'];
  readonly database: string;
  readonly oldKeyId: KeyId | null;
  readonly newKeyId: KeyId | null;
  readonly cells: CellCounts;
  readonly heldBy: string | null;
  readonly next: readonly string[];
}

/** `plan`. */
export interface PlanResult {
  readonly kind: MigrationKind;
  /** `nothing to do`: every cell is already where it was to be taken. */
  readonly outcome: 'planned' | 'nothing to do';
  readonly database: string;
  readonly databaseKind: DatabaseIdentity['kind'];
  /** `null`: plaintext. */
  readonly oldKey: KeySummary | null;
  readonly newKey: KeySummary | null;
  readonly columns: readonly PlannedColumnResult[];
  /** The blind indexes that the run keeps in step with the cells. */
  readonly indexes: readonly PlannedIndexResult[];
  readonly excluded: readonly ExcludedColumn[];
  readonly obstacles: readonly Obstacle[];
  /** What else of the schema the run meets, with what it means. */
  readonly notes: readonly TableNote[];
  readonly estimate: PlanEstimate;
  /** What follows once the migration has succeeded; `null`: nothing. */
  readonly afterwards: 'scrub' | null;
  readonly warnings: readonly string[];
  /** Where the plan was written; `null` where it was not. */
  readonly output: string | null;
  readonly next: readonly string[];
}

/** A key by name and place; `null` where it cannot be read a second time. */
export interface KeySummary {
  readonly id: KeyId;
  readonly reference: string | null;
}

/** A column that a plan rewrites. */
export interface PlannedColumnResult {
  readonly table: string;
  readonly column: string;
  /** What its cells look like now; `null`: plaintext. */
  readonly format: FormatName | null;
  /** What they will look like; `null`: plaintext. */
  readonly toFormat: FormatName | null;
  /** Rows of the table, estimated. */
  readonly rows: number;
  /** What the inspected cells are: all of a small table, a sample of a large one. */
  readonly cells: CensusCounts;
  readonly unrecognised: 'quarantine' | 'leave' | 'encrypt';
  /** What its values mean, and how harmful they are when they get out; `null` where nobody has said so. */
  readonly fieldType: FieldType | null;
  readonly sensitivity: Sensitivity | null;
  /** The column that takes the result; `null`: the column itself. */
  readonly into: string | null;
}

/** A blind index of a planned column. */
export interface PlannedIndexResult {
  readonly table: string;
  /** The column of the values. */
  readonly column: string;
  /** The column that takes the indexes. */
  readonly into: string;
  readonly normaliser: string;
  readonly version: number;
  readonly bits: number;
  readonly keyId: KeyId;
  readonly uniqueness: 'unique' | 'repeatable';
  /** How many other rows each search finds by chance. */
  readonly strangers: number;
}

/** `doctor`. */
export interface DoctorResult {
  readonly database: string;
  readonly findings: readonly {
    readonly check: string;
    readonly verdict: 'ok' | 'warn' | 'fail';
    readonly message: string;
    /** What to do about it; `null` where all is well. */
    readonly fix: string | null;
  }[];
  readonly counts: { readonly ok: number; readonly warn: number; readonly fail: number };
  readonly next: readonly string[];
}

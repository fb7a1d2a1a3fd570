import type { CellCounts } from '../../model/cells/cell-counts.ts';
import type { IssueGroup } from '../../model/cells/cell-issue.ts';
import type { KeyId } from '../../model/columns/column-state.ts';
import type { FieldType, Sensitivity } from '../../model/columns/field-type.ts';
import type { MigrationFailure } from '../../model/migrations/migration-failure.ts';
import type { MigrationState } from '../../model/migrations/migration-state.ts';
import type { DesiredState } from '../../model/migrations/orders.ts';
import type { MigrationKind } from '../../model/plans/plan.ts';
import type { PlaintextWriter } from '../../model/runs/plaintext-writer.ts';
import type { SpeedLimits } from '../../model/runs/speed-limits.ts';
import type { MigrationIndexResult } from './described-index.ts';
import type { GuardedColumn } from './guard-result.ts';

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
  /** Materialized views that hold what they were filled with from its columns, by their names in SQL; the server does not say when that was. */
  readonly copies: readonly string[];
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
  /** The order of the operators, and who gave it; the run follows at the next chunk. */
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
  readonly failure: MigrationFailure | null;
  readonly next: readonly string[];
}

/** A column and what its values mean. */
interface TypedColumn {
  readonly table: string;
  readonly column: string;
  readonly fieldType: FieldType;
  readonly sensitivity: Sensitivity;
}

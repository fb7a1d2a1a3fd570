import type { IndexRecord } from '../model/columns/blind-index.ts';
import type { ColumnCensus } from '../model/columns/column-census.ts';
import type { KeyId } from '../model/columns/column-state.ts';
import type { MigrationFailure } from '../model/migrations/migration-failure.ts';
import type { MigrationRecord } from '../model/migrations/migration-record.ts';
import type { MigrationState } from '../model/migrations/migration-state.ts';
import type { DesiredState } from '../model/migrations/orders.ts';
import type { PlaintextEnd } from '../model/plans/plaintext-end.ts';
import type { RunOwner } from '../model/runs/run-owner.ts';
import type { RunTerms } from '../model/runs/run-terms.ts';
import type { SpeedLimits } from '../model/runs/speed-limits.ts';
import type { RetiredColumn } from '../model/schema/column-pair.ts';

/** What takes the place of an index. */
export interface IndexReplacement {
  readonly by: IndexRecord;
  readonly actor: string;
}

/** A change of a migration's state, and who makes it. */
export interface MigrationNote {
  readonly migrationId: string;
  readonly actor: string;
}

/** What a scrub searched for, where, and what it found. */
export interface ScrubCounts {
  readonly samples: number;
  /** Those of them that still stand somewhere. */
  readonly found: number;
  readonly files: number;
  readonly bytes: number;
  /** `held`: others kept the log from being emptied, so that the scrub is still to be done. */
  readonly log: 'empty' | 'held';
}

/** Where a migration comes from. */
export interface MigrationOrigin {
  /** The migration that the new one takes back, or `null`. */
  readonly reverses: string | null;
  readonly actor: string;
}

/** What a verification has found. */
export interface CensusRecord {
  /** The latest migration; `null` where there is none. */
  readonly migrationId: string | null;
  readonly actor: string;
  /** `null`: not loaded, or plaintext. */
  readonly oldKeyId: KeyId | null;
  readonly newKeyId: KeyId | null;
  readonly columns: readonly ColumnCensus[];
}

/** Where a new key is written. */
export interface PublicationNote extends MigrationNote {
  /** `file:PATH#FIELD`. */
  readonly reference: string;
}

/** Where the copy is that was made before the first write. */
export interface BackupNote extends MigrationNote {
  readonly path: string;
}

/** A run that is about to begin. */
export interface NewRun extends RunTerms {
  readonly migrationId: string;
  readonly owner: RunOwner;
}

/** How plaintext columns end. */
export interface ContractNote extends MigrationNote {
  readonly contract: PlaintextEnd;
}

/** An order to a migration, with its state when the operator decided. */
export interface NewOrder {
  readonly migration: Pick<MigrationRecord, 'id' | 'state' | 'orders'>;
  readonly desired: DesiredState;
  readonly actor: string;
}

/** Limits that an operator turns; the others stay as they are. */
export interface NewLimits {
  readonly migration: Pick<MigrationRecord, 'id' | 'orders'>;
  readonly limits: Partial<SpeedLimits>;
  readonly actor: string;
}

/** A move along an arrow of the state table. */
export interface StateChange extends MigrationNote {
  readonly from: MigrationState;
  readonly to: MigrationState;
  /** Why a migration failed; cleared by every other change. */
  readonly failure?: MigrationFailure;
}

/** Rows into which one writer has written plaintext that no run has taken over yet. */
export interface WriterMarks {
  /** `null`: the database does not tell. */
  readonly writer: string | null;
  readonly marks: number;
}

/** What a plaintext column was before it was retired. */
export interface RetirementNote {
  readonly retired: RetiredColumn;
  readonly actor: string;
}

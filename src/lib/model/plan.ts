import type { ColumnState, KeyId } from './column-state.ts';
import type { DatabaseIdentity } from './database-identity.ts';

/** What is to be done. A value: made once, hashed, never changed, free of secrets. */
export interface Plan {
  /** Version of this layout; a newer one is refused. */
  readonly planVersion: 1;
  /** Version of keyturn that made it. */
  readonly madeBy: string;
  readonly kind: MigrationKind;
  readonly database: DatabaseIdentity;
  readonly oldKey: PlannedKey;
  readonly newKey: PlannedKey;
  readonly targets: readonly PlannedTarget[];
  /** Columns that look encrypted but are not part of the plan, each with the reason. */
  readonly excluded: readonly ExcludedColumn[];
  /** Whether a rewritten cell keeps the time at which it was first sealed. */
  readonly timestamps: 'keep' | 'renew';
}

/** What a migration does to its columns. */
export type MigrationKind = 'rotate';

/** A key by reference and name; never the key. */
export interface PlannedKey {
  /** Where the key is, e.g. `file:new.key`; `null` where it cannot be read a second time (literal, stdin, descriptor). */
  readonly reference: string | null;
  readonly id: KeyId;
  readonly checkValue: string;
}

/** One table of a plan; all its columns change in one row update. */
export interface PlannedTarget {
  readonly table: string;
  readonly columns: readonly PlannedColumn[];
  /** Hash of all that decides whether the plan still fits: columns, keys and triggers of the table. */
  readonly fingerprint: string;
  readonly estimatedRows: number;
}

/** One column of a planned target. */
export interface PlannedColumn {
  readonly name: string;
  readonly from: ColumnState;
  readonly to: ColumnState;
  /** What happens to values that are no cell of the format: quarantined, or left alone in a column that mixes both. */
  readonly unrecognised: 'quarantine' | 'leave';
}

/** A column that looks encrypted and is not touched. */
export interface ExcludedColumn {
  readonly table: string;
  readonly column: string;
  readonly reason: string;
}

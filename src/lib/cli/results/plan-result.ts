import type { CensusCounts, ColumnCensus } from '../../model/columns/column-census.ts';
import type { FormatName, KeyId } from '../../model/columns/column-state.ts';
import type { FieldType, Sensitivity } from '../../model/columns/field-type.ts';
import type { DatabaseIdentity } from '../../model/databases/database-identity.ts';
import type { ExcludedColumn, MigrationKind, Obstacle, PlanEstimate } from '../../model/plans/plan.ts';
import type { TableNote } from '../../model/schema/schema-note.ts';
import type { ForeignKeyObstacle } from '../../planning/refusals/foreign-key-obstacle.ts';

/** `plan`. */
export interface PlanResult {
  readonly kind: MigrationKind;
  /** `nothing to do`: every cell is already where it was to be taken, or no column holds a value. */
  readonly outcome: 'planned' | 'nothing to do';
  readonly database: string;
  readonly databaseKind: DatabaseIdentity['kind'];
  /** `null`: plaintext. */
  readonly oldKey: KeySummary | null;
  readonly newKey: KeySummary | null;
  readonly columns: readonly PlannedColumnResult[];
  /** The columns that were to be encrypted or decrypted, where there is nothing to do because none of them holds a value. */
  readonly blank: readonly ColumnCensus[];
  /** The blind indexes that the run keeps in step with the cells. */
  readonly indexes: readonly PlannedIndexResult[];
  readonly excluded: readonly ExcludedColumn[];
  /** What the operator has to decide about, or to change: a run is refused before that. */
  readonly obstacles: readonly (Obstacle | ForeignKeyObstacle)[];
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
  /** What its values mean, and how harmful a leak is; `null` where that is not known. */
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

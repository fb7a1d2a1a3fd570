import type { IndexedContent } from '../../indexes/blind-index.ts';
import type { CanonicalKeys } from '../../model/cells/cell-places.ts';
import type { ColumnValue, StoredValue } from '../../model/cells/stored-value.ts';
import type { CellOutcome } from './cell-outcome.ts';

/** Takes the cells of one column of a batch from one state to the other. */
export type ColumnTranscoder = (cells: ColumnCells) => TranscodedColumn<StoredValue>;

/** The values of one column of a batch, and the canonical keys of their rows, where they were read. */
export interface ColumnCells {
  readonly values: readonly StoredValue[];
  readonly canonicalKeys: CanonicalKeys | undefined;
}

/** New values for the cells of one column, and what was found: see TranscodedBatch. */
export interface TranscodedColumn<Value extends ColumnValue = ColumnValue> {
  readonly replacements: readonly (Value | undefined)[];
  /** New values of other columns of the batch that were made from this one. */
  readonly beside?: readonly BesideColumn[];
  readonly outcomes: readonly CellOutcome[];
  readonly nested: number;
  /** What each cell holds after the update; undefined where that is not known. Only before the next batch. */
  readonly contents?: () => readonly IndexedContent[];
}

/** New values of a column, by its place in the batch. */
export interface BesideColumn {
  readonly column: number;
  readonly replacements: readonly (StoredValue | undefined)[];
}

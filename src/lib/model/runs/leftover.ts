import type { ColumnKind } from '../plans/column-kind.ts';

/** Cells of one column that open under a key although they should not. */
export interface Leftover {
  readonly table: string;
  readonly column: string;
  readonly cells: number;
  /** Whether a rotation can take the column in. */
  readonly kind: ColumnKind;
}

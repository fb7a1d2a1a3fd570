/** What the cells of one column are, counted; each cell once. */
export interface ColumnCensus {
  readonly table: string;
  readonly column: string;
  readonly cells: CensusCounts;
}

/** Opened under the old key, under the new one, and everything else. */
export interface CensusCounts {
  readonly old: number;
  readonly new: number;
  readonly null: number;
  readonly empty: number;
  /** The layout of the format, but neither key opens it. */
  readonly unknown: number;
  /** No cell of the format at all. */
  readonly plaintext: number;
}

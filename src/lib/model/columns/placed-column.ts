/** A column by its table. */
export interface PlacedColumn {
  readonly table: string;
  readonly column: string;
}

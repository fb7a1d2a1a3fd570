/** A foreign key that the database checks: what stands in the columns of one table must stand in those of another, or of the same. */
export interface ForeignKey {
  readonly table: string;
  readonly columns: readonly string[];
  readonly refersTo: { readonly table: string; readonly columns: readonly string[] };
  /** What becomes of rows that refer to a value that changes: they follow it, lose it, or keep it from changing. */
  readonly onUpdate: 'follows' | 'empties' | 'refuses';
}

/** A foreign key that the database checks: what stands in the columns of one table must stand in those of another, or of the same. */
export interface ForeignKey {
  readonly table: string;
  readonly columns: readonly string[];
  readonly refersTo: { readonly table: string; readonly columns: readonly string[] };
  /** The effect of a change on referring rows: they follow it, lose the value, or prevent the change. */
  readonly onUpdate: 'follows' | 'empties' | 'refuses';
}

/** A column of a table as it is opened; a name alone for one that is looked at for cells. */
export type OpenedColumn =
  | string
  /** Of any type: a value that is neither text nor bytes comes, and goes back, as the database writes it. */
  | { readonly kind: 'value'; readonly name: string }
  /** Which side of a pair of columns others have written last; NULL in its place forgets it. */
  | { readonly kind: 'side'; readonly pairId: number }
  /** One that is not there yet: NULL in every row. */
  | { readonly kind: 'absent'; readonly name: string };

/** What an opened column is called. */
export function openedName(column: OpenedColumn): string {
  if (typeof column === 'string') return column;
  return column.kind === 'side' ? `side of pair ${column.pairId}` : column.name;
}

/** A column of a table as it is opened; a name alone for one that is looked at for cells. */
export type OpenedColumn =
  | string
  /** Of any type: a value that is neither text nor bytes comes, and goes back, as the database writes it. */
  | { readonly kind: 'value'; readonly name: string };

/** What an opened column is called. */
export function openedName(column: OpenedColumn): string {
  return typeof column === 'string' ? column : column.name;
}

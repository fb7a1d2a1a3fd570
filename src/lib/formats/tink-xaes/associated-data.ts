import { encodePart, type CellPlaces } from '../../model/cell-places.ts';

/** What of its place a cell is bound to, and the names to use instead of those of today, where they are not empty. */
export interface BoundNames {
  readonly binding: 'row' | 'column' | 'none';
  readonly table: string;
  readonly column: string;
}

/** The names of a format and the places of a batch. */
export interface Whereabouts {
  readonly names: BoundNames;
  readonly places: CellPlaces | undefined;
}

const VERSION = 'keyturn/aad/v1';

/**
 * What is authenticated beside each cell of a batch: `keyturn/aad/v1`, table and column as text parts (see `encodePart`), then,
 * with `bind=row`, the canonical key of the row. With `bind=none` nothing.
 */
export function associatedDataOf({ names, places }: Whereabouts): (index: number) => Uint8Array | undefined {
  if (names.binding === 'none') return () => undefined;
  if (places === undefined) throw new Error('a cell that is bound to its place cannot be opened without it');
  const table = names.table === '' ? places.table : names.table;
  const parts = [VERSION, table, names.column === '' ? places.column : names.column];
  const column = Buffer.concat(parts.flatMap((part) => encodePart('t', Buffer.from(part, 'utf8'))));
  if (names.binding === 'column') return () => column;
  const { rows } = places;
  if (rows === undefined) throw new Error('a cell that is bound to its row cannot be opened without its key');
  return (index) => Buffer.concat([column, rows[index] ?? Buffer.alloc(0)]);
}

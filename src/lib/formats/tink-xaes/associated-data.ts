import { encodePart, type CellPlaces } from '../../model/cells/cell-places.ts';
import type { CellFormat } from '../cell-format.ts';

/** What of its place a cell is bound to, and the places of a batch. */
export interface Whereabouts {
  readonly binding: CellFormat['binding'];
  readonly places: CellPlaces | undefined;
}

const versionLabel = 'keyturn/aad/v1';

/**
 * What is authenticated beside each cell of a batch: `keyturn/aad/v1`, table and column as text parts (see `encodePart`), then,
 * with `bind=row`, the canonical key of the row. With `bind=none` nothing.
 */
export function associatedDataOf({
  binding,
  places,
}: Whereabouts): (index: number) => Uint8Array | undefined {
  if (binding === 'none') return () => undefined;
  if (places === undefined) throw new Error('a cell that is bound to its place cannot be opened without it');
  const parts = [versionLabel, places.table, places.column];
  const column = Buffer.concat(parts.flatMap((part) => encodePart('t', Buffer.from(part, 'utf8'))));
  if (binding === 'column') return () => column;
  const { rows } = places;
  if (rows === undefined || rows === 'none')
    throw new Error('a cell that is bound to its row needs the key of the row');
  return behind(column, rows);
}

/** The key of a row behind what all rows share; holds until the next one is asked for. Most keys are as long as the one before. */
function behind(shared: Buffer, rows: readonly Uint8Array[]): (index: number) => Uint8Array {
  let memory = Buffer.from(shared);
  let view = memory;
  return (index) => {
    const row = rows[index] ?? noKey;
    const bytes = shared.length + row.length;
    if (memory.length < bytes) {
      memory = Buffer.alloc(2 * bytes);
      memory.set(shared);
    }
    memory.set(row, shared.length);
    if (view.length !== bytes || view.buffer !== memory.buffer) view = memory.subarray(0, bytes);
    return view;
  };
}

const noKey = new Uint8Array(0);

/** Tells whether nothing can be bound to this place: to a row of a table whose rows nothing names for good. */
export function isPlaceless({ binding, places }: Whereabouts): boolean {
  return binding === 'row' && places?.rows === 'none';
}

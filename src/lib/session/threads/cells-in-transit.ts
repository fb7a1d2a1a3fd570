import type { PackedCells } from '../../model/cells/packed-cells.ts';

/** Cells on their way between two threads: packed ones change hands, single ones are copied. */
export type CellsInTransit<Packed, Columns> =
  | { readonly kind: 'packed'; readonly columns: readonly Packed[] }
  | { readonly kind: 'single'; readonly columns: Columns };

/** The memory of packed cells and where they lie in it, each once: what a message takes along instead of copying it. */
export function memoryOf(cells: readonly PackedCells[]): readonly ArrayBuffer[] {
  const views = cells.flatMap(({ bytes, starts, lengths }) => [bytes, starts, lengths]);
  return [...new Set(views.map(({ buffer }) => buffer as ArrayBuffer))];
}

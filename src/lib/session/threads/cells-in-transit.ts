import type { PackedCells } from '../../model/packed-cells.ts';

/** Cells on their way between two threads: packed ones change hands, single ones are copied. */
export type CellsInTransit<Packed, Columns> =
  | { readonly kind: 'packed'; readonly columns: readonly Packed[] }
  | { readonly kind: 'single'; readonly columns: Columns };

/** The memory that packed cells lie in, each once: what a message takes along instead of copying it. */
export function memoryOf(cells: readonly PackedCells[]): readonly ArrayBuffer[] {
  return [...new Set(cells.map(({ bytes }) => bytes.buffer as ArrayBuffer))];
}

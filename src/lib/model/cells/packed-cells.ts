import { freeMemory } from '../bytes/free-memory.ts';
import type { CellClass, CellValue } from './stored-value.ts';

/**
 * The cells of a column in one piece of memory: a thousand strings cost more to make, to hand to a thread and to collect
 * than to open and to seal. Cell `i` is the `lengths[i]` bytes from `starts[i]` on, a text as UTF-8; where there is none, its
 * length is `noCell`.
 */
export interface PackedCells {
  readonly cellClass: CellClass;
  readonly bytes: Uint8Array;
  readonly starts: Uint32Array;
  readonly lengths: Int32Array;
}

/** In place of a length: NULL where cells were read, and where new ones are written a cell that stays as it is. */
export const noCell = -1;

/** Bytes left free before the first cell and before each, in which a database may write what it puts before values. */
export const freeBytes = { first: 20, each: 4 } as const;

/** Packed cells end to end, with nothing but that room between them. */
export interface SpacedCells extends PackedCells {
  readonly between: typeof freeBytes;
}

/** Memory for cells of these lengths; its content is arbitrary. */
export function allocateCells(cellClass: CellClass, lengths: Int32Array): SpacedCells {
  const starts = new Uint32Array(lengths.length);
  let at: number = freeBytes.first;
  lengths.forEach((length, index) => {
    at += freeBytes.each;
    starts[index] = at;
    at += Math.max(length, 0);
  });
  return { cellClass, bytes: Buffer.allocUnsafeSlow(at), starts, lengths, between: freeBytes };
}

/** Frees their memory: they must not be used again. */
export function freeCells({ bytes, starts, lengths }: PackedCells): void {
  for (const view of [bytes, starts, lengths]) freeMemory(view);
}

/** The cells one by one, each in memory of its own. */
export function unpackCells<Absent>(cells: PackedCells, absent: Absent): readonly (CellValue | Absent)[] {
  const unpack = createUnpacking(cells, absent);
  return Array.from(cells.lengths, (_, row) => unpack(row));
}

/** The same of some rows. */
export function unpackRows(cells: PackedCells, rows: readonly number[]): readonly (CellValue | null)[] {
  return rows.map(createUnpacking(cells, null));
}

function createUnpacking<Absent>(
  { cellClass, bytes, starts, lengths }: PackedCells,
  absent: Absent,
): (row: number) => CellValue | Absent {
  const memory = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return (row) => {
    const length = lengths[row] ?? noCell;
    if (length === noCell) return absent;
    const start = starts[row] ?? 0;
    const cell = memory.subarray(start, start + length);
    return cellClass === 'text' ? cell.toString('utf8') : Buffer.from(cell);
  };
}

/** The rows that hold something: neither nothing nor an empty cell. */
export function filledRows(lengths: Int32Array): Uint32Array {
  const rows = new Uint32Array(lengths.length);
  let count = 0;
  for (let row = 0; row < lengths.length; row += 1) {
    if ((lengths[row] ?? noCell) <= 0) continue;
    rows[count] = row;
    count += 1;
  }
  return rows.subarray(0, count);
}

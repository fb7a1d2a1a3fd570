import { noCell, type PackedCells } from '../../src/lib/model/cells/packed-cells.ts';

/** Packs cells as a database may have sent them: something else lies between them. */
export function packCells(cells: readonly (string | Uint8Array | null)[]): PackedCells {
  const between = Buffer.from('?gAAAAA');
  const starts: number[] = [];
  const pieces: Uint8Array[] = [];
  let at = 0;
  for (const cell of cells) {
    const bytes = Buffer.from(cell ?? '');
    starts.push(at + between.length);
    pieces.push(between, bytes);
    at += between.length + bytes.length;
  }
  return {
    cellClass: cells.some((cell) => cell instanceof Uint8Array) ? 'blob' : 'text',
    bytes: Buffer.concat(pieces),
    starts: Uint32Array.from(starts),
    lengths: Int32Array.from(cells, (cell) => (cell === null ? noCell : Buffer.from(cell).length)),
  };
}

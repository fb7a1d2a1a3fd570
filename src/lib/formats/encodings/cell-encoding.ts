import type { CandidateShape } from '../../model/cells/candidate-shape.ts';
import type { CellClass, CellValue } from '../../model/cells/stored-value.ts';

/** How the bytes of a sealed value are written into a cell. */
export interface CellEncoding {
  /** The storage classes in which its cells can stand; blobs hold the same text in ASCII. */
  readonly classes: readonly CellClass[];
  /** What cells of at least so many sealed bytes look like. */
  candidate(leastBytes: number): CandidateShape;
  /** An upper bound for what `decode` writes, from the length of the cell. */
  bytesAtMost(cell: { readonly length: number }): number;
  /** Writes a cell's bytes into `target` from `at` on; gives their number, or undefined where the cell is not so encoded. */
  decode(cell: CellValue, target: Buffer, at: number): number | undefined;
  /** Tells whether a cell is exactly what `encode` writes. */
  isCanonical(cell: CellValue): boolean;
  /** Length of the cell for so many sealed bytes. */
  lengthOf(sealedBytes: number): number;
  /** The cell for sealed bytes; copies them. */
  encode(sealed: Buffer, cellClass: CellClass): CellValue;
}

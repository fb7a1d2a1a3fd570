import type { CellValue } from './stored-value.ts';

/** A cell that was replaced. */
export interface KeptCell {
  /** Digest of the cell that took its place: by that it is found again, wherever that cell stands. */
  readonly digest: Uint8Array;
  /** Digest of both, so that it is never restored in place of another cell. */
  readonly pairDigest: Uint8Array;
  readonly cell: CellValue;
}

import type { CellCipher, CellFormat } from '../../formats/cell-format.ts';

/** A format with its key. */
export interface ColumnCipher {
  readonly format: CellFormat;
  readonly cipher: CellCipher;
}

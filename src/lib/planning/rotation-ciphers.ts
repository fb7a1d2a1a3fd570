import type { CellCipher, CellFormat } from '../formats/cell-format.ts';

/** The keys a census tries, both of one format; cells under a key that is not loaded count as unknown. */
export interface CensusCiphers {
  readonly old: CellCipher | null;
  readonly new: CellCipher | null;
}

/** What making a plan needs: the format of the cells, and both keys. */
export interface RotationCiphers extends CensusCiphers {
  readonly format: CellFormat;
  readonly old: CellCipher;
  readonly new: CellCipher;
}

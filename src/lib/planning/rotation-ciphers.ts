import type { CellCipher, CellFormat } from '../formats/cell-format.ts';

/** The states a census tells apart; cells under a key that is not loaded count as unknown. */
export interface CensusCiphers {
  readonly old: StateCipher;
  readonly new: StateCipher;
}

/** What cells look like in one state of their column, and the key that opens them, where it is loaded. */
interface StateCipher {
  readonly format: CellFormat;
  readonly cipher: CellCipher | null;
}

/** Both states of a rotation, with both keys; their formats may differ. */
export interface RotationCiphers extends CensusCiphers {
  readonly old: BoundState;
  readonly new: BoundState;
}

/** A state whose key is loaded. */
interface BoundState extends StateCipher {
  readonly cipher: CellCipher;
}

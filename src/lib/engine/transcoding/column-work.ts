import type { OpenedBatch } from '../../formats/cell-format.ts';
import type { ColumnPlace } from '../../model/cell-places.ts';
import type { CellValue } from '../../model/stored-value.ts';
import type { ColumnCipher } from './column-cipher.ts';
import type { CopiedColumn } from './copied-column.ts';
import type { DecryptedColumn } from './decrypting-column.ts';
import type { EncryptedColumn } from './encrypting-column.ts';
import type { IndexedColumn } from './indexed-column.ts';

/** What happens to one column. */
export type ColumnWork = (RotatedColumn | EncryptedColumn | DecryptedColumn | CopiedColumn) & {
  /** Columns of the batch that take the blind indexes of what its cells hold. */
  readonly indexes?: readonly IndexedColumn[];
};

/** A column on its way from one key to another: its two states, what its cells look like, what opens and seals them. */
export interface RotatedColumn {
  readonly kind: 'rotate';
  readonly place: ColumnPlace;
  readonly old: ColumnCipher;
  readonly new: ColumnCipher;
  readonly timestamps: 'keep' | 'renew';
  readonly unrecognised: 'quarantine' | 'leave' | 'encrypt';
  /** Takes values that are no cells for plaintexts, where they are to be encrypted. */
  readonly repair: ((cells: readonly CellValue[]) => OpenedBatch) | null;
}

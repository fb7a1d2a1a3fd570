import type { CopiedColumn } from './copying-column.ts';
import type { DecryptedColumn } from './decrypting-column.ts';
import type { EncryptedColumn } from './encrypting-column.ts';
import type { IndexedColumn } from './indexed-column.ts';
import type { RotatedColumn } from './rotating-column.ts';

/** What happens to one column. */
export type ColumnWork = (RotatedColumn | EncryptedColumn | DecryptedColumn | CopiedColumn) & {
  /** Columns of the batch that take the blind indexes of what its cells hold. */
  readonly indexes?: readonly IndexedColumn[];
};

import type { CopiedColumn } from './columns/copying-column.ts';
import type { DecryptedColumn } from './columns/decrypting-column.ts';
import type { EncryptedColumn } from './columns/encrypting-column.ts';
import type { IndexedColumn } from './columns/indexed-column.ts';
import type { RotatedColumn } from './columns/rotating-column.ts';

/** What happens to one column. */
export type ColumnWork = (RotatedColumn | EncryptedColumn | DecryptedColumn | CopiedColumn) & {
  /** Columns of the batch that take the blind indexes of what its cells hold. */
  readonly indexes?: readonly IndexedColumn[];
};

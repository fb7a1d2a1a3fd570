import type { ColumnDescription, TableDescription } from '../../databases/table-description.ts';
import type { EncryptionWay } from '../../model/columns/exposed-column.ts';

/**
 * How `keyturn encrypt` can take a column, as far as types and tables tell: what stands in it, checks and foreign keys may forbid
 * what they allow. See `refuseOtherTypes`, `refuseUnwritable` and `refuseUnmarkable`.
 */
export function wayToEncrypt(
  { rows, partitionOf }: TableDescription,
  { kind, holds }: ColumnDescription,
): EncryptionWay {
  if (kind === 'ordinary' && holds === 'cells') return 'in place';
  const isReadable = kind === 'ordinary' || kind === 'document';
  return isReadable && rows === 'lasting' && partitionOf === undefined ? 'into another column' : 'none';
}

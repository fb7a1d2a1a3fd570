import type { TargetDatabase } from '../../databases/target-database.ts';
import { renderColumnName } from '../../model/columns/column-name.ts';
import { KeyturnError } from '../../model/keyturn-error.ts';
import type { EncryptionRequest } from '../../planning/encryption/encryption-request.ts';
import { selectColumns } from '../../planning/inspection/select-columns.ts';

/**
 * Throws (exit 17) where a column that is to be decrypted has its cells in another one: there is nothing to decrypt in it, and
 * to say that all is plaintext would be wrong.
 */
export async function refuseMovedValues(
  database: TargetDatabase,
  { kind, columns }: Pick<EncryptionRequest, 'kind' | 'columns'>,
): Promise<void> {
  if (kind !== 'decrypt') return;
  const isNamed = selectColumns({ tables: [], columns, exclude: [] }, await database.listTables());
  const pairs = await database.ledger.listPairs();
  const moved = pairs.find(({ table, plaintext }) => isNamed(table, plaintext) === 'named');
  if (moved === undefined) return;
  const { table, plaintext, cells } = moved;
  const place = renderColumnName({ table, column: cells });
  throw new KeyturnError({
    code: 'KT_NOTHING_FOUND',
    reason: 'nothingFound',
    message: `${renderColumnName({ table, column: plaintext })} holds no cells: an encryption has put its values into ${place}`,
    hints: [
      'keyturn rollback   # brings them back where they were, and takes the other column away',
      `to decrypt them where they are: --column ${place}`,
    ],
  });
}

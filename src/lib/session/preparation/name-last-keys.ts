import type { TargetDatabase } from '../../databases/target-database.ts';
import { KeyturnError } from '../../model/keyturn-error.ts';
import { keyChange } from '../../model/plans/key-change.ts';

/**
 * A refusal for keys that open nothing, with the key that the last migration took cells to: mostly somebody has rotated meanwhile.
 * Any other error stays as it is.
 */
export async function nameLastKeys(error: unknown, { ledger }: TargetDatabase): Promise<unknown> {
  if (!(error instanceof KeyturnError) || error.code !== 'KT_WRONG_KEY') return error;
  const last = (await ledger.listMigrations()).find(({ state }) => state === 'succeeded');
  if (!last) return error;
  return new KeyturnError({
    code: error.code,
    reason: 'wrongKey',
    message: error.message,
    hints: [
      `keyturn status   # the last migration that succeeded went ${keyChange(last.plan)}`,
      ...error.hints,
    ],
    cause: error.cause,
  });
}

import { KeyturnError } from '../model/keyturn-error.ts';
import type { SecretKey } from './secret-key.ts';

/** Throws (exit 12) where old and new key are the same, compared in constant time. */
export function refuseEqualKeys(oldKey: SecretKey, newKey: SecretKey): void {
  if (!oldKey.equals(newKey)) {
    return;
  }
  throw new KeyturnError({
    code: 'KT_KEYS_EQUAL',
    reason: 'wrongKey',
    message: `old key and new key are the same key (${oldKey.id}): a rotation would change nothing`,
    hints: [
      'keyturn keys generate --output PATH   # a new key',
      'check that the two references name different keys',
    ],
  });
}

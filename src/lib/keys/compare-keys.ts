import { KeyturnError } from '../model/keyturn-error.ts';
import { decodeKeyText } from './material/key-text.ts';
import { SecretKey } from './secret-key.ts';

/** Throws (exit 12) where old and new key are the same, compared in constant time. */
export function refuseEqualKeys(oldKey: SecretKey, newKey: SecretKey): void {
  if (!oldKey.equals(newKey) && !isTextOf(oldKey, newKey) && !isTextOf(newKey, oldKey)) return;
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

/** A master string is often the text of a key: the same secret twice. */
function isTextOf(text: SecretKey, key: SecretKey): boolean {
  const decoded = text.use((bytes) => decodeKeyText(bytes, undefined));
  if (decoded === undefined || decoded.bytes.length === 0) return false;
  const isSame = key.equals(new SecretKey(decoded.bytes));
  decoded.bytes.fill(0);
  return isSame;
}

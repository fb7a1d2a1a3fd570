import type { SecretKey } from '../secret-key.ts';
import { encodeKeyText } from './key-text.ts';

/**
 * The key itself, as base64url text. The only way to get a key out of keyturn without a file: for `keys generate`
 * without `--output`, whose result the key is.
 */
export function keyAsText(key: SecretKey): string {
  return key.use(encodeKeyText);
}

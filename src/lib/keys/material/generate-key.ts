import { randomFillSync } from 'node:crypto';
import { SecretKey } from '../secret-key.ts';
import type { KeyFormat } from './key-format.ts';
import { encodeKeyText } from './key-text.ts';

/** A new random key of the length the format asks for, from the operating system's generator. */
export function generateKey(format: KeyFormat): SecretKey {
  const bytes = randomFillSync(new Uint8Array(format.keyBytes));
  try {
    return new SecretKey(format.keyShape === 'master string' ? Buffer.from(encodeKeyText(bytes)) : bytes);
  } finally {
    bytes.fill(0);
  }
}

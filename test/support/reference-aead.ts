import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/** The two authenticated ciphers of the formats. */
export type AeadName = 'aes-256-gcm' | 'chacha20-poly1305';

/** How a value is sealed, one at a time. */
export interface AeadTwin {
  readonly algorithm: AeadName;
  readonly order: 'nonce-ciphertext-tag' | 'nonce-tag-ciphertext';
}

/** Seals one value the slow and readable way; the twin of the batch kernel. */
export function sealAead(key: Uint8Array, plaintext: Uint8Array, twin: AeadTwin): Buffer {
  const nonce = randomBytes(12);
  const cipher = createCipheriv(twin.algorithm as 'aes-256-gcm', key, nonce, { authTagLength: 16 });
  const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  const tag = cipher.getAuthTag();
  return twin.order === 'nonce-ciphertext-tag'
    ? Buffer.concat([nonce, ciphertext, tag])
    : Buffer.concat([nonce, tag, ciphertext]);
}

/** Opens one value; throws where the key or the value is not right. */
export function openAead(key: Uint8Array, sealed: Uint8Array, twin: AeadTwin): Buffer {
  const nonce = sealed.subarray(0, 12);
  const rest = sealed.subarray(12);
  const tagFirst = twin.order === 'nonce-tag-ciphertext';
  const tag = tagFirst ? rest.subarray(0, 16) : rest.subarray(rest.length - 16);
  const ciphertext = tagFirst ? rest.subarray(16) : rest.subarray(0, rest.length - 16);
  const decipher = createDecipheriv(twin.algorithm as 'aes-256-gcm', key, nonce, { authTagLength: 16 });
  decipher.setAuthTag(tag);
  return Buffer.concat([decipher.update(ciphertext), decipher.final()]);
}

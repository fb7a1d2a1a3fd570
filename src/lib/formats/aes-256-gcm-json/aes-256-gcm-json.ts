import { createAeadFormat } from '../aead/aead-format.ts';
import { payloadEncoding } from './payload-encoding.ts';

/**
 * AES-256-GCM in a JSON object: `{"encrypted":true,"version":"1","nonce":N,"ciphertext":C}`, where N is the nonce and C
 * ciphertext and tag, both in base64. No additional data.
 */
export const aes256GcmJson = createAeadFormat(
  { name: 'aes-256-gcm-json', detection: 'by content' },
  { algorithm: 'aes-256-gcm', order: 'nonce-ciphertext-tag', encoding: payloadEncoding },
);

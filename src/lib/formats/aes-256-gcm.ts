import { createAeadFormat } from './aead/aead-format.ts';
import { encodingNamed, encodingOption } from './encodings/registry.ts';
import { oneOf, type FormatFamily } from './format-family.ts';

/**
 * AES-256-GCM (NIST SP 800-38D) with a random nonce of 12 bytes, a tag of 16 and no additional data, in either
 * order of ciphertext and tag. Random bytes: no detection without a key.
 */
export const aes256Gcm: FormatFamily = {
  name: 'aes-256-gcm',
  options: {
    layout: oneOf('nonce-ciphertext-tag', 'nonce-tag-ciphertext'),
    encoding: encodingOption,
  },
  create: (name, { layout, encoding }) =>
    createAeadFormat(
      { name, detection: 'by key' },
      {
        algorithm: 'aes-256-gcm',
        order: layout === 'nonce-tag-ciphertext' ? layout : 'nonce-ciphertext-tag',
        encoding: encodingNamed(encoding),
      },
    ),
};

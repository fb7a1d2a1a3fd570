import { createAeadFormat } from './aead/aead-format.ts';
import { encodingNamed, encodingOption } from './encodings/registry.ts';
import type { FormatFamily } from './format-family.ts';

/** ChaCha20-Poly1305 (RFC 8439): nonce of 12 random bytes, ciphertext, tag of 16, no additional data. */
export const chacha20Poly1305: FormatFamily = {
  name: 'chacha20-poly1305',
  options: { encoding: encodingOption },
  create: (name, { encoding }) =>
    createAeadFormat(
      { name, detection: 'by key' },
      {
        algorithm: 'chacha20-poly1305',
        order: 'nonce-ciphertext-tag',
        encoding: encodingNamed(encoding),
      },
    ),
};

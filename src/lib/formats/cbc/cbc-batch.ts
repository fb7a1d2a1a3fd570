import { createCipheriv, createDecipheriv, type KeyObject } from 'node:crypto';

/** Length of an AES block and of an IV, in bytes. */
export const blockBytes = 16;

/**
 * AES-CBC over a whole batch in one call. The batch is a row of pieces; a piece is one block, then whole
 * blocks of text. The chain runs on from piece to piece, which does no harm, because a block depends only on
 * the ciphertext block before it. One cipher object a value would cost more than all the rest.
 */

const zeroIv = Buffer.alloc(blockBytes);

/**
 * Deciphers pieces of IV and ciphertext. In the result each IV's place holds garbage, and behind it stands the
 * plaintext with its padding, at the offset its ciphertext had. Verify every MAC first.
 */
export function decipherPieces(key: KeyObject, pieces: Uint8Array): Buffer {
  const decipher = createDecipheriv(algorithmOf(key), key, zeroIv).setAutoPadding(false);
  const plain = decipher.update(pieces);
  decipher.final();
  return plain;
}

/**
 * Enciphers pieces of a random nonce and padded plaintext into pieces of IV and ciphertext: the enciphered
 * nonce is the IV of what follows it (NIST SP 800-38A, appendix C, first method; the nonce is 16 fresh random
 * bytes, so that the IV is as random whatever the chain brings in).
 */
export function encipherPieces(key: KeyObject, pieces: Uint8Array): Buffer {
  const cipher = createCipheriv(algorithmOf(key), key, zeroIv).setAutoPadding(false);
  const sealed = cipher.update(pieces);
  cipher.final();
  return sealed;
}

/** AES with a key of this length. */
function algorithmOf(key: KeyObject): string {
  return `aes-${8 * (key.symmetricKeySize ?? 0)}-cbc`;
}

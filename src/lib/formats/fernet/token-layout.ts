import { BLOCK_BYTES } from '../cbc/cbc-batch.ts';

/**
 * A Fernet token before base64url (https://github.com/fernet/spec):
 * version 1 | timestamp 8, big endian | IV 16 | AES-128-CBC ciphertext | HMAC-SHA256 32 over all before it.
 */

/** The only version there is; it is why every token begins with `g`. */
export const VERSION = 0x80;
/** Offset of the timestamp in a token. */
export const TIMESTAMP_AT = 1;
/** Offset of the IV in a token. */
export const IV_AT = 9;
/** Offset of the ciphertext in a token. */
export const CIPHERTEXT_AT = IV_AT + BLOCK_BYTES;
/** Length of the HMAC-SHA256 at the end, in bytes. */
export const MAC_BYTES = 32;
/** The shortest token holds one block of ciphertext: padding is never left out. */
export const SMALLEST_TOKEN_BYTES = CIPHERTEXT_AT + BLOCK_BYTES + MAC_BYTES;

/** Tells whether a token can have this many bytes: one or more whole blocks of ciphertext. */
export function isTokenLength(bytes: number): boolean {
  return bytes >= SMALLEST_TOKEN_BYTES && (bytes - SMALLEST_TOKEN_BYTES) % BLOCK_BYTES === 0;
}

/** Length of the ciphertext in a token of so many bytes. */
export function ciphertextBytesOf(tokenBytes: number): number {
  return tokenBytes - CIPHERTEXT_AT - MAC_BYTES;
}

/** Length of a token that holds so much ciphertext. */
export function tokenBytesOf(ciphertextBytes: number): number {
  return CIPHERTEXT_AT + ciphertextBytes + MAC_BYTES;
}

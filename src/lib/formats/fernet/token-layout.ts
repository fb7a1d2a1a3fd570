import { blockBytes } from '../cbc/cbc-batch.ts';

/**
 * A Fernet token before base64url (https://github.com/fernet/spec):
 * version 1 | timestamp 8, big endian | IV 16 | AES-128-CBC ciphertext | HMAC-SHA256 32 over all before it.
 */

/** The only version there is; it is why every token begins with `g`. */
export const tokenVersion = 0x80;
/** Offset of the timestamp in a token. */
export const timestampAt = 1;
/** Offset of the IV in a token. */
export const ivAt = 9;
/** Offset of the ciphertext in a token. */
export const ciphertextAt = ivAt + blockBytes;
/** Length of the HMAC-SHA256 at the end, in bytes. */
export const tokenMacBytes = 32;
/** The shortest token holds one block of ciphertext: padding is never left out. */
export const smallestTokenBytes = ciphertextAt + blockBytes + tokenMacBytes;

/** Tells whether a token can have this many bytes: one or more whole blocks of ciphertext. */
export function isTokenLength(bytes: number): boolean {
  return bytes >= smallestTokenBytes && (bytes - smallestTokenBytes) % blockBytes === 0;
}

/** Length of the ciphertext in a token of so many bytes. */
export function ciphertextBytesOf(tokenBytes: number): number {
  return tokenBytes - ciphertextAt - tokenMacBytes;
}

/** Length of a token that holds so much ciphertext. */
export function tokenBytesOf(ciphertextBytes: number): number {
  return ciphertextAt + ciphertextBytes + tokenMacBytes;
}

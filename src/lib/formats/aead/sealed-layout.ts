/** In which order the parts of a sealed value stand. */
export type PartOrder = 'nonce-ciphertext-tag' | 'nonce-tag-ciphertext';

/** Length of a random nonce, in bytes: 96 bits, as NIST SP 800-38D and RFC 8439 have it. */
export const NONCE_BYTES = 12;
/** Length of an authentication tag, in bytes; a shorter one is never accepted. */
export const TAG_BYTES = 16;
/** What sealing adds to a plaintext, which may be empty. */
export const OVERHEAD_BYTES = NONCE_BYTES + TAG_BYTES;

/** Where the parts of a sealed value of so many bytes stand; all three follow one another without a gap. */
export interface SealedLayout {
  readonly tagAt: number;
  readonly ciphertextAt: number;
}

/** The layout of a sealed value in one of the two orders. */
export function layOut(order: PartOrder, sealedBytes: number): SealedLayout {
  return order === 'nonce-ciphertext-tag'
    ? { tagAt: sealedBytes - TAG_BYTES, ciphertextAt: NONCE_BYTES }
    : { tagAt: NONCE_BYTES, ciphertextAt: OVERHEAD_BYTES };
}

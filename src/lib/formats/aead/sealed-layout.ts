/** In which order the parts of a sealed value stand. */
export type PartOrder = 'nonce-ciphertext-tag' | 'nonce-tag-ciphertext';

/** Length of a random nonce, in bytes: 96 bits, as NIST SP 800-38D and RFC 8439 have it. */
export const nonceBytes = 12;
/** Length of an authentication tag, in bytes; a shorter one is never accepted. */
export const tagBytes = 16;
/** What sealing adds to a plaintext, which may be empty. */
export const overheadBytes = nonceBytes + tagBytes;

/** Where the parts of a sealed value of so many bytes stand; all three follow one another without a gap. */
export interface SealedLayout {
  readonly tagAt: number;
  readonly ciphertextAt: number;
}

/** The layout of a sealed value in one of the two orders. */
export function layOut(order: PartOrder, sealedBytes: number): SealedLayout {
  return order === 'nonce-ciphertext-tag'
    ? { tagAt: sealedBytes - tagBytes, ciphertextAt: nonceBytes }
    : { tagAt: nonceBytes, ciphertextAt: overheadBytes };
}

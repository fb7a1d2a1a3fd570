import { tagBytes, type ValueLayout } from './value-frame.ts';

/** In which order the parts of a sealed value stand. */
export type PartOrder = 'nonce-ciphertext-tag' | 'nonce-tag-ciphertext';

/** Length of a random nonce, in bytes: 96 bits, as NIST SP 800-38D and RFC 8439 have it. */
export const nonceBytes = 12;
/** What sealing adds to a plaintext, which may be empty. */
export const overheadBytes = nonceBytes + tagBytes;

/** The layout of a sealed value in one of the two orders; all three parts follow one another without a gap. */
export function layOut(order: PartOrder, sealedBytes: number): ValueLayout {
  const textBytes = sealedBytes - overheadBytes;
  const shared = { nonceAt: 0, nonceBytes, textBytes };
  return order === 'nonce-ciphertext-tag'
    ? { ...shared, textAt: nonceBytes, tagAt: sealedBytes - tagBytes }
    : { ...shared, textAt: overheadBytes, tagAt: nonceBytes };
}

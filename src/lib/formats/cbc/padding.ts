import { blockBytes } from './cbc-batch.ts';

/** Length of the PKCS7 padding (RFC 5652, section 6.3) that ends at `end`, 1 to 16, or 0 where it is none. */
export function paddingBefore(end: number, plain: Uint8Array): number {
  const padding = plain[end - 1] ?? 0;
  if (padding > blockBytes) return 0;
  for (let at = end - padding; at < end; at += 1) {
    if (plain[at] !== padding) return 0;
  }
  return padding;
}

/** Length of so much plaintext with its padding of 1 to 16 bytes. */
export function paddedBytesOf(plaintextBytes: number): number {
  return plaintextBytes + blockBytes - (plaintextBytes % blockBytes);
}

/** A hash of a window that is cheap to move on by a byte: a polynomial in a secret base, modulo 2^32. */
export interface RollingHash {
  readonly windowBytes: number;
  /** Of the window that begins at `start`. */
  at(bytes: Uint8Array, start: number): number;
  /** Of the next window: `entering` is its last byte, `leaving` the first byte of the one before. */
  next(hash: number, entering: number, leaving: number): number;
}

/** Makes the hash for windows of one length. Hashes are signed 32-bit integers. */
export function createRollingHash(windowBytes: number, base: number): RollingHash {
  let power = 1;
  for (let index = 0; index < windowBytes; index += 1) power = Math.imul(power, base);
  // What a byte that leaves the window has grown to by then.
  const grown = Int32Array.from({ length: 256 }, (_, byte) => Math.imul(byte, power));
  return {
    windowBytes,
    at(bytes, start) {
      let hash = 0;
      for (let index = 0; index < windowBytes; index += 1)
        hash = (Math.imul(hash, base) + (bytes[start + index] ?? 0)) | 0;
      return hash;
    },
    next: (hash, entering, leaving) => (Math.imul(hash, base) + entering - (grown[leaving] ?? 0)) | 0,
  };
}

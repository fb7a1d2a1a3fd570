import type { KeyObject } from 'node:crypto';
import { blockBytes, decipherPieces } from './cbc-batch.ts';
import { paddingBefore } from './padding.ts';

/** Where a piece lies in its batch, and what it deciphers to: `null` where that cannot be what was sealed. */
export interface Piece {
  readonly start: number;
  readonly end: number;
}

/** Tells whether a piece of so many bytes can be an IV and whole blocks of ciphertext. */
export function isPieceLength(bytes: number): boolean {
  return bytes >= 2 * blockBytes && bytes % blockBytes === 0;
}

/** Deciphers pieces of IV and ciphertext that lie end to end; of each the plaintext, or undefined where its padding is wrong. */
export function openPieces(
  key: KeyObject,
  bytes: Buffer,
  pieces: readonly Piece[],
): readonly (Buffer | undefined)[] {
  const plain = decipherPieces(key, bytes);
  return pieces.map(({ start, end }) => {
    const padding = paddingBefore(end, plain);
    return padding === 0 ? undefined : plain.subarray(start + blockBytes, end - padding);
  });
}

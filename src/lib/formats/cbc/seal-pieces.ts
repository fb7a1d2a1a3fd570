import { randomFillSync, type KeyObject } from 'node:crypto';
import { BLOCK_BYTES, encipherPieces } from './cbc-batch.ts';
import { paddedBytesOf } from './padding.ts';

/** Seals plaintexts in one call; of each the IV and the ciphertext, in memory that all of them share. */
export function sealPieces(key: KeyObject, plaintexts: readonly Uint8Array[]): readonly Buffer[] {
  const lengths = plaintexts.map(({ length }) => BLOCK_BYTES + paddedBytesOf(length));
  const pieces = Buffer.allocUnsafe(lengths.reduce((sum, length) => sum + length, 0));
  let at = 0;
  plaintexts.forEach((plaintext, index) => {
    const end = at + (lengths[index] ?? 0);
    randomFillSync(pieces, at, BLOCK_BYTES);
    pieces.set(plaintext, at + BLOCK_BYTES);
    const padded = at + BLOCK_BYTES + plaintext.length;
    pieces.fill(end - padded, padded, end);
    at = end;
  });
  const sealed = encipherPieces(key, pieces);
  at = 0;
  return lengths.map((length) => sealed.subarray(at, (at += length)));
}

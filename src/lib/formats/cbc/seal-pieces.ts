import { randomFillSync, type KeyObject } from 'node:crypto';
import { blockBytes, encipherPieces } from './cbc-batch.ts';
import { paddedBytesOf } from './padding.ts';

/** Seals plaintexts in one call; of each the IV and the ciphertext, in memory that all of them share. */
export function sealPieces(key: KeyObject, plaintexts: readonly Uint8Array[]): readonly Buffer[] {
  const lengths = plaintexts.map(({ length }) => blockBytes + paddedBytesOf(length));
  const pieces = Buffer.allocUnsafe(lengths.reduce((sum, length) => sum + length, 0));
  let at = 0;
  plaintexts.forEach((plaintext, index) => {
    const end = at + (lengths[index] ?? 0);
    randomFillSync(pieces, at, blockBytes);
    pieces.set(plaintext, at + blockBytes);
    const padded = at + blockBytes + plaintext.length;
    pieces.fill(end - padded, padded, end);
    at = end;
  });
  const sealed = encipherPieces(key, pieces);
  at = 0;
  return lengths.map((length) => sealed.subarray(at, (at += length)));
}

import { createCipheriv, createSecretKey, randomBytes } from 'node:crypto';
import { fc, test } from '@fast-check/vitest';
import { expect } from 'vitest';
import { decipherPieces, encipherPieces } from '../../../src/lib/formats/cbc/cbc-batch.ts';

const key = createSecretKey(randomBytes(16));
const blockCounts = fc.array(fc.integer({ min: 1, max: 20 }), { maxLength: 10 });

/** Pieces of one random block and some blocks of text. */
function randomPieces(counts: readonly number[]): readonly Buffer[] {
  return counts.map((blocks) => randomBytes(16 + 16 * blocks));
}

test.prop([blockCounts])('every piece is enciphered under its own IV, as one by one', (counts) => {
  const pieces = randomPieces(counts);
  const sealed = encipherPieces(key, Buffer.concat(pieces));
  let at = 0;
  for (const piece of pieces) {
    const cipher = createCipheriv('aes-128-cbc', key, sealed.subarray(at, at + 16)).setAutoPadding(false);
    const alone = Buffer.concat([cipher.update(piece.subarray(16)), cipher.final()]);
    expect(sealed.subarray(at + 16, at + piece.length)).toEqual(alone);
    at += piece.length;
  }
  expect(at).toBe(sealed.length);
});

test.prop([blockCounts])('deciphering gives the text of every piece back at its offset', (counts) => {
  const pieces = randomPieces(counts);
  const plain = decipherPieces(key, encipherPieces(key, Buffer.concat(pieces)));
  let at = 0;
  for (const piece of pieces) {
    expect(plain.subarray(at + 16, at + piece.length)).toEqual(piece.subarray(16));
    at += piece.length;
  }
});

test('pieces that are no whole blocks are refused', () => {
  expect(() => encipherPieces(key, randomBytes(33))).toThrow();
  expect(() => decipherPieces(key, randomBytes(33))).toThrow();
});

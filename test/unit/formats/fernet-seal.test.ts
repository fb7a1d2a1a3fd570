import { createDecipheriv } from 'node:crypto';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { fernet } from '../../../src/lib/formats/fernet/fernet.ts';
import { openReference } from '../../support/reference-fernet.ts';
import { cipherOf, plainBatchOf } from './batches.ts';
import { testKeys } from './fernet-cells.ts';

const [key] = testKeys;
const cipher = cipherOf(key);

describe('sealBatch', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  test('seals an empty batch to no cells', () => {
    expect(cipher.sealBatch(plainBatchOf([]), [])).toEqual([]);
  });

  test('writes only tokens that it recognises, whatever their padding', () => {
    const plaintexts = Array.from({ length: 100 }, (_, length) => Buffer.alloc(length, 1));
    for (const cellClass of ['text', 'blob'] as const) {
      const classes = plaintexts.map(() => cellClass);
      const sealed = cipher.sealBatch(plainBatchOf(plaintexts), classes);
      expect(sealed.every((cell) => fernet.recognises(cell))).toBe(true);
      expect(sealed.every((cell) => cell.length % 4 === 0)).toBe(true);
    }
  });

  test('keeps a timestamp, and writes the present for an unknown one', () => {
    vi.useFakeTimers({ now: 1_800_000_000_999 });
    const batch = plainBatchOf([Buffer.alloc(1), Buffer.alloc(2)], [1_500_000_000n, 0n]);
    const sealed = cipher.sealBatch(batch, ['text', 'text']);
    expect(sealed.map((cell) => openReference(key, cell))).toMatchObject([
      { timestamp: 1_500_000_000n },
      { timestamp: 1_800_000_000n },
    ]);
  });

  test('never uses an IV twice, in a batch or between batches', () => {
    const batch = plainBatchOf(Array.from({ length: 2000 }, () => Buffer.from('the same')));
    const classes = new Array<'text'>(2000).fill('text');
    const sealed = [0, 1, 2].flatMap(() => cipher.sealBatch(batch, classes));
    const ivs = sealed.map((cell) => Buffer.from(String(cell), 'base64url').toString('hex', 9, 25));
    expect(new Set(ivs).size).toBe(6000);
  });

  test('enciphers a nonce of its own for every IV', () => {
    const batch = plainBatchOf(Array.from({ length: 500 }, () => Buffer.from('the same')));
    const sealed = cipher.sealBatch(batch, new Array<'text'>(500).fill('text'));
    expect(new Set(noncesOf(sealed.map((cell) => Buffer.from(String(cell), 'base64url')))).size).toBe(500);
  });

  test('gives every blob memory that no other call touches', () => {
    const [first] = cipher.sealBatch(plainBatchOf([Buffer.from('first')]), ['blob']);
    const copy = Buffer.from(first ?? '');
    cipher.sealBatch(plainBatchOf([Buffer.from('other')]), ['blob']);
    expect(first).toEqual(copy);
  });

  test('reads plaintexts in any order and from overlapping places, and leaves them as they are', () => {
    const bytes = Buffer.from('abcdefgh');
    const starts = Uint32Array.of(4, 0, 2);
    const ends = Uint32Array.of(8, 4, 6);
    const batch = { bytes, starts, ends, timestamps: new BigUint64Array(3) };
    const sealed = cipher.sealBatch(batch, ['text', 'text', 'text']);
    expect(sealed.map((cell) => openReference(key, cell))).toMatchObject([
      { plaintext: Buffer.from('efgh') },
      { plaintext: Buffer.from('abcd') },
      { plaintext: Buffer.from('cdef') },
    ]);
    expect(bytes.toString()).toBe('abcdefgh');
  });

  test('refuses a batch whose lists differ in length', () => {
    const batch = plainBatchOf([Buffer.from('a'), Buffer.from('b')]);
    expect(() => cipher.sealBatch(batch, ['text'])).toThrow('1 cells cannot be sealed from 2 plaintexts');
    expect(() => cipher.sealBatch({ ...batch, ends: Uint32Array.of(1) }, ['text', 'text'])).toThrow(
      RangeError,
    );
  });

  test.each([
    ['begins behind its end', 2, 1],
    ['ends behind its batch', 0, 4],
  ])('refuses a plaintext that %s', (_, start, end) => {
    const batch = {
      ...plainBatchOf([Buffer.from('abc')]),
      starts: Uint32Array.of(start),
      ends: Uint32Array.of(end),
    };
    expect(() => cipher.sealBatch(batch, ['text'])).toThrow('plaintext 0 does not lie within its batch');
  });
});

/** Deciphers the IVs one by one: each went through the cipher after the last ciphertext block before it. */
function noncesOf(tokens: readonly Buffer[]): readonly string[] {
  return tokens.map((token, index) => {
    const decipher = createDecipheriv('aes-128-ecb', key.subarray(16), null).setAutoPadding(false);
    const deciphered = decipher.update(token.subarray(9, 25));
    const before = tokens[index - 1]?.subarray(-48, -32) ?? Buffer.alloc(16);
    return Buffer.from(deciphered.map((byte, at) => byte ^ (before[at] ?? 0))).toString('hex');
  });
}

test('a key of another length cannot be bound', () => {
  expect(() => cipherOf(Buffer.alloc(31))).toThrow('a fernet key has 32 bytes, this one has 31');
});

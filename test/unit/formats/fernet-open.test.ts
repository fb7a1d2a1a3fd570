import { describe, expect, test } from 'vitest';
import { sealReference } from '../../support/reference-fernet.ts';
import { cipherOf, plainBatchOf, plaintextOf, resultsOf } from './batches.ts';
import { testKeys } from './fernet-cells.ts';

const [oldKey, newKey] = testKeys;
const oldCipher = cipherOf(oldKey);
const newCipher = cipherOf(newKey);

describe('openBatch', () => {
  test('opens an empty batch to an empty batch', () => {
    const opened = oldCipher.openBatch([]);
    expect(opened.outcomes).toEqual([]);
    expect(opened.bytes).toHaveLength(0);
  });

  test('gives a cell it cannot open an empty plaintext and no timestamp', () => {
    const opened = oldCipher.openBatch([sealReference(newKey, Buffer.from('secret')), 'junk']);
    expect(opened.outcomes).toEqual(['rejected', 'malformed']);
    expect(opened.starts).toEqual(opened.ends);
    expect(opened.timestamps).toEqual(BigUint64Array.of(0n, 0n));
  });

  test('never deciphers what its key did not sign', () => {
    const signedByAnother = Buffer.concat([newKey.subarray(0, 16), oldKey.subarray(16)]);
    const cell = sealReference(signedByAnother, Buffer.from('not vouched for, but the encryption key fits'));
    const opened = oldCipher.openBatch([sealReference(oldKey, Buffer.from('vouched for')), cell]);
    expect(opened.outcomes).toEqual(['opened', 'rejected']);
    expect(Buffer.from(opened.bytes).includes('vouched for, but')).toBe(false);
  });

  test('keeps a batch as it is while its cipher and others go on working', () => {
    const first = oldCipher.openBatch(tokens(oldKey, 'first'));
    const sealed = newCipher.sealBatch(first, new Array<'text'>(first.outcomes.length).fill('text'));
    const before = resultsOf(first);
    const reopened = newCipher.openBatch(sealed);
    oldCipher.openBatch(tokens(oldKey, 'later'));
    newCipher.sealBatch(plainBatchOf([Buffer.alloc(100_000, 1)]), ['blob']);
    expect(resultsOf(first)).toEqual(before);
    expect(resultsOf(reopened)).toEqual(before);
    expect(plaintextOf(first, 0).toString()).toBe('first 0');
  });

  test('opens blobs that are views into a larger buffer, and leaves them as they are', () => {
    const token = Buffer.from(`junk${sealReference(oldKey, Buffer.from('framed'))}junk`);
    const copy = Buffer.from(token);
    const cell = new Uint8Array(token.buffer, token.byteOffset + 4, token.length - 8);
    expect(plaintextOf(oldCipher.openBatch([cell]), 0).toString()).toBe('framed');
    expect(token).toEqual(copy);
  });

  test('keeps every cell in its place among cells that cannot be opened', () => {
    const good = tokens(oldKey, 'value');
    const mixed = good.flatMap((token) => [
      token,
      token.slice(0, -8),
      sealReference(newKey, Buffer.from(token)),
    ]);
    const results = resultsOf(oldCipher.openBatch(mixed));
    expect(results.filter((_, index) => index % 3 === 0)).toEqual(resultsOf(oldCipher.openBatch(good)));
    expect(new Set(results.filter((_, index) => index % 3 !== 0).map((result) => result.outcome))).toEqual(
      new Set(['malformed', 'rejected']),
    );
  });

  test.each([
    ['a long text that is no token', 'x'.repeat(20_000_000)],
    ['a long text that begins like one', 'gAAAAA' + '!'.repeat(20_000_000)],
    ['a long run of its first character', 'g'.repeat(20_000_000)],
    ['a long blob of zeros', Buffer.alloc(20_000_000)],
    ['lone surrogates', 'gAAAAA' + '\udc00'.repeat(1000)],
    ['two-byte characters whose low bytes are a token', shifted(sealReference(oldKey, Buffer.from('value')))],
  ])('calls %s malformed', (_, cell) => {
    expect(oldCipher.openBatch([cell, ...tokens(oldKey, 'next')]).outcomes).toEqual([
      'malformed',
      ...tokens(oldKey, 'next').map(() => 'opened'),
    ]);
  });
});

test('a value of 100 MB opens, seals and opens again', () => {
  const plaintext = Buffer.alloc(100_000_000, 'keyturn');
  const sealed = oldCipher.sealBatch(plainBatchOf([Buffer.from('small'), plaintext]), ['text', 'text']);
  const opened = oldCipher.openBatch(sealed);
  const rotated = newCipher.openBatch(newCipher.sealBatch(opened, ['text', 'blob']));
  expect(plaintextOf(rotated, 0).toString()).toBe('small');
  expect(plaintextOf(rotated, 1).equals(plaintext)).toBe(true);
});

function tokens(key: Uint8Array, word: string): readonly string[] {
  return Array.from({ length: 50 }, (_, index) => sealReference(key, Buffer.from(`${word} ${index}`)));
}

function shifted(token: string): string {
  return token.replace(/./g, (character) => String.fromCharCode(character.charCodeAt(0) + 0x100));
}

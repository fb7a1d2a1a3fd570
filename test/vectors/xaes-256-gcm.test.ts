import { expect, test } from 'vitest';
import { openXaes, sealXaes } from '../support/reference-xaes.ts';
import { readFixture } from './format-vectors.ts';

interface XaesVector {
  readonly key: string;
  readonly nonce: string;
  readonly plaintext: string;
  readonly additionalData: string;
  readonly sealed: string;
}

const { vectors } = readFixture('xaes-256-gcm-c2sp') as { readonly vectors: readonly XaesVector[] };

/* A cell's plaintext begins with a type, so the vectors meet the twin; properties hold the format equal to the twin. */
test.each(vectors)('the twin gives $sealed', ({ key, nonce, plaintext, additionalData, sealed }) => {
  const value = {
    key: Buffer.from(key, 'hex'),
    nonce: Buffer.from(nonce),
    additionalData: Buffer.from(additionalData),
  };
  expect(sealXaes(value, Buffer.from(plaintext)).toString('hex')).toBe(sealed);
  expect(openXaes(value, Buffer.from(sealed, 'hex')).toString()).toBe(plaintext);
});

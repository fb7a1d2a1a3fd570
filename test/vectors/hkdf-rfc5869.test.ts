import { expect, test } from 'vitest';
import { deriveKey, parseDerivation } from '../../src/lib/keys/key-derivation.ts';
import { readFixture } from './format-vectors.ts';

interface DerivationVector {
  readonly name: string;
  readonly key: string;
  /** As behind `?derive=`. */
  readonly steps: readonly string[];
  readonly derived: string;
}

const { vectors } = readFixture('hkdf-rfc5869') as { readonly vectors: readonly DerivationVector[] };

test.each(vectors)('$name', ({ key, steps, derived }) => {
  const bytes = deriveKey(Buffer.from(key, 'hex'), steps.map(parseDerivation), derived.length / 2);
  expect(Buffer.from(bytes).toString('hex')).toBe(derived);
});

import { describe, expect, test } from 'vitest';
import { createBlindIndex } from '../../src/lib/indexes/blind-index.ts';
import { normalisers } from '../../src/lib/indexes/registry.ts';
import { SecretKey } from '../../src/lib/keys/secret-key.ts';
import { isAtHand, runProgram } from '../support/searching.ts';
import { readFixture } from './format-vectors.ts';

interface IndexVector {
  readonly name: string;
  readonly table: string;
  readonly column: string;
  readonly normaliser: string;
  readonly version: number;
  readonly bits: number;
  readonly value: string;
  /** In hexadecimal; `null`: nothing is indexed. */
  readonly index: string | null;
}

const { key, vectors } = readFixture('blind-index') as {
  readonly key: string;
  readonly vectors: readonly IndexVector[];
};
const secret = new SecretKey(Buffer.from(key, 'hex'));

function compute(
  { table, column, value, ...definition }: IndexVector,
  content = Buffer.from(value),
): unknown {
  const index = createBlindIndex(secret, { ...definition, place: { table, column } });
  const [found] = index.compute([content]);
  return found && Buffer.from(found).toString('hex');
}

test.each(vectors)('$name', (vector) => {
  expect(compute(vector)).toBe(vector.index);
});

test('every normaliser has a vector', () => {
  const known = vectors.map(({ normaliser, version }) => `${normaliser}/${String(version)}`);
  for (const { name, version } of normalisers) expect(known).toContain(`${name}/${String(version)}`);
});

test('NULL has no index, and what is not known has none either', () => {
  const index = createBlindIndex(secret, {
    normaliser: 'exact',
    version: 1,
    bits: 128,
    place: { table: 'users', column: 'email' },
  });
  expect(index.compute([null, undefined])).toEqual([null, undefined]);
});

test('the same value has other indexes in another table, column, under another normaliser and key', () => {
  const [vector] = vectors;
  if (vector === undefined) throw new Error('there are no vectors');
  const others = [
    { ...vector, table: 'people' },
    { ...vector, column: 'login' },
    { ...vector, normaliser: 'lower', value: vector.value.toLowerCase() },
  ];
  expect(new Set([vector, ...others].map((one) => compute(one))).size).toBe(4);
});

test('bytes that are no text are indexed exactly, and in no other way', () => {
  const bytes = Buffer.from([0xff, 0x00, 0xfe]);
  const vector = { ...vectors[0], value: '', bits: 64 } as IndexVector;
  expect(compute({ ...vector, normaliser: 'exact' }, bytes)).toMatch(/^[0-9a-f]{16}$/u);
  expect(compute({ ...vector, normaliser: 'lower' }, bytes)).toBeNull();
});

describe('the program of docs/searching.md', () => {
  const isMissing = !isAtHand();
  if (isMissing) console.warn('docs/searching.md: python3 is not installed, its program was not run');

  test.skipIf(isMissing)('computes every vector', () => {
    expect(runProgram(key, vectors)).toEqual(vectors.map(({ index }) => index));
  });
});

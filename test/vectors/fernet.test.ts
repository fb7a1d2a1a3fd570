import { describe, expect, test } from 'vitest';
import { openReference, sealReference, type ReferenceResult } from '../support/reference-fernet.ts';
import { cipherOf, resultsOf } from '../unit/formats/batches.ts';
import { cellOf, readVectorFile, vectorFileNames, type FernetVector } from './fernet-vectors.ts';

describe.each(vectorFileNames)('%s.json', (name) => {
  const file = readVectorFile(name);
  const key = Buffer.from(file.key, 'base64url');
  const cipher = cipherOf(key);

  test.for(file.vectors)('$name: $expect', (vector) => {
    expect(resultsOf(cipher.openBatch([cellOf(vector)]))).toEqual([expected(vector)]);
    expect(openReference(key, cellOf(vector))).toEqual(expected(vector));
  });

  test('all cells in one batch come out as each does alone', () => {
    expect(resultsOf(cipher.openBatch(file.vectors.map(cellOf)))).toEqual(file.vectors.map(expected));
  });
});

test('the readable twin writes the token of the specification', () => {
  const { key, vectors } = readVectorFile('fernet-spec');
  const written = vectors.filter((vector) => vector.iv !== undefined);
  expect(written).toHaveLength(1);
  for (const vector of written) {
    const choices = { timestamp: BigInt(vector.timestamp ?? 0), iv: Buffer.from(vector.iv ?? '', 'base64') };
    const plaintext = Buffer.from(vector.plaintext ?? '', 'base64');
    expect(sealReference(Buffer.from(key, 'base64url'), plaintext, choices)).toBe(cellOf(vector));
  }
});

function expected({ expect: outcome, plaintext = '', timestamp = '0' }: FernetVector): ReferenceResult {
  return outcome === 'opened'
    ? { outcome, plaintext: Buffer.from(plaintext, 'base64'), timestamp: BigInt(timestamp) }
    : { outcome };
}

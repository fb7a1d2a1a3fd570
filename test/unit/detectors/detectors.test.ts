import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { detectors } from '../../../src/lib/detectors/registry.ts';

interface Samples {
  readonly found: readonly string[];
  readonly passed: readonly string[];
}

const file = new URL('../../../fixtures/vectors/detectors.json', import.meta.url);
const samples = JSON.parse(readFileSync(file, 'utf8')) as Readonly<Record<string, Samples>>;
const kinds = [...new Set(detectors.map(({ finds }) => finds))];

test('every kind of find has samples, and every sample a detector', () => {
  expect(Object.keys(samples).sort()).toEqual([...kinds].sort());
});

describe.each(kinds)('%s', (kind) => {
  const ofKind = detectors.filter(({ finds }) => finds === kind);
  const { found = [], passed = [] } = samples[kind] ?? {};

  test.each(found)('are found in "%s"', (text) => {
    expect(ofKind.some((detector) => detector.detects(text))).toBe(true);
  });

  test.each(passed)('are not found in "%s"', (text) => {
    expect(ofKind.some((detector) => detector.detects(text))).toBe(false);
  });
});

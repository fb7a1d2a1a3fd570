import { expect, it } from 'vitest';
import { chooseSample } from '../../../src/lib/databases/choose-sample.ts';

it('a sample holds each row once, however many strips it is in', () => {
  const strips = [
    [
      ['a', 1],
      ['b', 1],
    ],
    [
      ['b', 1],
      ['c', 1],
    ],
  ] as const;
  expect(chooseSample(strips, 100)).toEqual(['a', 'b', 'c']);
});

it('a sample of rows that are all too large is one row', () => {
  expect(chooseSample([[['a', 1000]], [['b', 1000]]], 100)).toEqual(['a']);
});

it('large rows are chosen from all over the table', () => {
  const strips = Array.from({ length: 16 }, (_, strip) =>
    Array.from({ length: 10 }, (_, row) => [strip * 10 + row, 100] as const),
  );
  const chosen = chooseSample(strips, 400);
  expect(chosen).toHaveLength(4);
  expect(Math.max(...chosen)).toBeGreaterThan(100);
});

it('no rows make no sample', () => {
  expect(chooseSample([[], []], 100)).toEqual([]);
});

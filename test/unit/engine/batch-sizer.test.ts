import { describe, expect, test } from 'vitest';
import { createBatchSizer, type BatchSizer } from '../../../src/lib/engine/passes/batch-sizer.ts';

const pacing = { initialRows: 500, maximumRows: 1000, targetMilliseconds: 4 };

function note(sizer: BatchSizer, ...times: readonly number[]): number {
  for (const milliseconds of times) sizer.note(milliseconds);
  return sizer.rows;
}

describe('the batch sizer', () => {
  test('grows by half at a time while transactions are short, up to the maximum', () => {
    const sizer = createBatchSizer(pacing);
    expect(note(sizer, 1)).toBe(750);
    expect(note(sizer, 1, 1, 1)).toBe(1000);
  });

  test('shrinks to a fifth at most at a time while transactions are long, and never below ten rows', () => {
    const sizer = createBatchSizer(pacing);
    expect(note(sizer, 90)).toBe(100);
    expect(note(sizer, 90, 90, 90, 90, 90)).toBe(10);
  });

  test('takes no notice of single transactions that something else held up', () => {
    const sizer = createBatchSizer(pacing);
    note(sizer, 3, 3, 3, 3, 3);
    const before = sizer.rows;
    expect(note(sizer, 60, 3, 3, 60, 3)).toBe(before);
  });

  test('takes a tenth at once after a transaction that was far too long', () => {
    expect(note(createBatchSizer(pacing), 101)).toBe(50);
  });

  test('keeps its size where there is no target', () => {
    expect(note(createBatchSizer({ ...pacing, targetMilliseconds: null }), 5000, 1, 1)).toBe(500);
  });
});

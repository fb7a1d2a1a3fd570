import { describe, expect, test } from 'vitest';
import { createRateMeter } from '../../../src/lib/reporters/rate.ts';

describe('the rate', () => {
  test('is unknown in the first second', () => {
    const rate = createRateMeter(0);
    rate.add(1_000, 10);
    expect(rate.rowsPerSecond(999)).toBeUndefined();
    expect(rate.secondsLeft(100, 999)).toBeUndefined();
  });

  test('is the mean since the start while the run is younger than a minute', () => {
    const rate = createRateMeter(5_000);
    rate.add(3_000, 6_000);
    rate.add(3_000, 7_000);
    expect(rate.rowsPerSecond(8_000)).toBe(2_000);
    expect(rate.secondsLeft(10_000, 8_000)).toBe(5);
  });

  test('forgets what is older than a minute', () => {
    const rate = createRateMeter(0);
    for (let second = 0; second < 600; second += 1) rate.add(second < 540 ? 10 : 1_000, second * 1_000);
    expect(rate.rowsPerSecond(599_999)).toBe(1_000);
  });

  test('falls to zero when nothing moves, and then nobody knows how long it takes', () => {
    const rate = createRateMeter(0);
    rate.add(1_000, 1_000);
    expect(rate.rowsPerSecond(61_001)).toBe(0);
    expect(rate.secondsLeft(100, 61_001)).toBeUndefined();
  });

  test('knows that nothing is left', () => {
    expect(createRateMeter(0).secondsLeft(0, 10)).toBe(0);
  });

  test('is the same however the rows are cut into chunks', () => {
    const coarse = createRateMeter(0);
    const fine = createRateMeter(0);
    for (let time = 1_000; time <= 30_000; time += 1_000) coarse.add(1_000, time);
    for (let time = 1; time <= 30_000; time += 1) fine.add(1, time);
    expect(fine.rowsPerSecond(30_000)).toBe(coarse.rowsPerSecond(30_000));
  });
});

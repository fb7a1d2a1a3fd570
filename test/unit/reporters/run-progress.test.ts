import { fc, test as property } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { createRunProgress } from '../../../src/lib/reporters/run-progress.ts';
import { chunk, passStart } from './sample-run.ts';

property.prop([fc.nat(5_000), fc.nat(5_000), fc.array(fc.nat(1_000))])(
  'the fraction never falls, never exceeds 99 %, and the estimate is never below what is done',
  (estimatedRows, doneRows, chunks) => {
    const progress = createRunProgress();
    progress.observe({ kind: 'phase started', phase: 'execute' }, 0);
    progress.observe(passStart('machines', estimatedRows, doneRows), 0);
    let before = progress.snapshot(0)?.pass?.fraction ?? -1;
    for (const rows of chunks) {
      progress.observe(chunk('machines', rows), 1);
      const pass = progress.snapshot(1)?.pass;
      expect(pass?.fraction).toBeGreaterThanOrEqual(before);
      expect(pass?.fraction).toBeLessThanOrEqual(0.99);
      expect(pass?.estimatedRows).toBeGreaterThanOrEqual(pass?.doneRows ?? Infinity);
      before = pass?.fraction ?? Infinity;
    }
  },
);

test('a resumed pass starts at what is done, but its rate counts only what this run does', () => {
  const progress = createRunProgress();
  progress.observe({ kind: 'phase started', phase: 'execute' }, 0);
  progress.observe(passStart('machines', 1_000, 400), 0);
  expect(progress.snapshot(0)?.pass).toMatchObject({ doneRows: 400, fraction: 0.4 });
  progress.observe(chunk('machines', 100), 1_000);
  expect(progress.snapshot(2_000)).toMatchObject({ rowsPerSecond: 50, secondsLeft: 10 });
});

test('where several runs share a pass, it shows how far all of them are, and counts no chunk twice', () => {
  const progress = createRunProgress();
  progress.observe({ kind: 'phase started', phase: 'execute' }, 0);
  progress.observe(passStart('machines', 1_000, 0), 0);
  progress.observe(chunk('machines', 100), 1_000);
  const others = { kind: 'others at work', table: 'machines', pass: 1, runs: 3 } as const;
  progress.observe({ ...others, doneRows: 400 }, 2_000);
  expect(progress.snapshot(2_000)).toMatchObject({ runs: 3, pass: { doneRows: 400 }, rowsPerSecond: 200 });
  progress.observe(chunk('machines', 50), 2_000);
  progress.observe({ ...others, doneRows: 430 }, 2_000);
  expect(progress.snapshot(2_000)).toMatchObject({ pass: { doneRows: 450 } });
});

test('there is nothing to tell before the first phase and after the last', () => {
  const progress = createRunProgress();
  expect(progress.snapshot(0)).toBeUndefined();
  progress.observe({ kind: 'phase started', phase: 'census' }, 0);
  expect(progress.snapshot(10)).toMatchObject({ phase: 'census', phaseMilliseconds: 10, pass: undefined });
  progress.observe({ kind: 'phase finished', phase: 'census', milliseconds: 20 }, 20);
  expect(progress.snapshot(20)).toBeUndefined();
});

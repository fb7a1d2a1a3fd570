import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { noCells } from '../../../src/lib/model/cells/cell-counts.ts';
import { displayWidth } from '../../../src/lib/reporters/display-width.ts';
import { progressLine, progressSentence } from '../../../src/lib/reporters/progress-line.ts';
import type { ProgressSnapshot } from '../../../src/lib/reporters/run-progress.ts';

function snapshot(table: string, pass = 1): ProgressSnapshot {
  return {
    phase: 'execute',
    phaseMilliseconds: 12_000,
    counts: noCells,
    pass: { table, pass, unit: 'rows', doneRows: 450_000, estimatedRows: 1_000_000, fraction: 0.45 },
    rowsPerSecond: 12_345.6,
    secondsLeft: 44.2,
    runs: 1,
    hold: undefined,
  };
}

describe('the line of the bar', () => {
  test.each([
    [
      120,
      'execute  machines  [#############-----------------]   45%  450,000/1,000,000 rows  12,346 rows/s  45 s left',
    ],
    [80, 'machines  [#####-------]   45%  450,000/1,000,000 rows  12,346 rows/s  45 s left'],
    [60, 'machines  [#####-------]   45%  450,000/1,000,000  45 s left'],
    [40, 'machines  [####-------]   45%  45 s left'],
    [12, ' 45%'],
  ])('on %i columns leaves out what matters least', (columns, line) => {
    expect(progressLine(snapshot('machines'), columns)).toBe(line);
  });

  property.prop([
    fc.string({ unit: 'grapheme' }),
    fc.integer({ min: 1, max: 200 }),
    fc.integer({ min: 1, max: 9 }),
  ])('is never wider than the terminal, and one line', (table, columns, pass) => {
    const line = progressLine(snapshot(table, pass), columns);
    expect(displayWidth(line)).toBeLessThanOrEqual(columns);
    expect(line).not.toMatch(/\p{Cc}/u);
  });

  test('shows a phase without rows by its time', () => {
    expect(progressLine({ ...snapshot('x'), phase: 'backup', pass: undefined }, 80)).toBe('backup  12 s');
  });
});

test('the sentence says the same in words and cannot be used to write to the terminal', () => {
  expect(progressSentence(snapshot('ev\u001b[31mil\n', 2))).toBe(
    'execute: table "ev\\u{1b}[31mil\\u{a}" (pass 2): 450,000 of about 1,000,000 rows (45%), 12,346 rows/s, 45 s left',
  );
});

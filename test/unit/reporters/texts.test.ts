import { describe, expect, test } from 'vitest';
import { noCells } from '../../../src/lib/model/cells/cell-counts.ts';
import { countText } from '../../../src/lib/model/texts/count-text.ts';
import { cellCountsText } from '../../../src/lib/reporters/cell-counts-text.ts';
import { displayWidth, shortenText } from '../../../src/lib/reporters/display-width.ts';
import { durationText } from '../../../src/lib/reporters/duration-text.ts';
import { jsonText } from '../../../src/lib/reporters/json-text.ts';
import { printable } from '../../../src/lib/reporters/printable.ts';

test.each([
  [0, '0'],
  [999, '999'],
  [1_000, '1,000'],
  [1_234_567, '1,234,567'],
  [-1_234, '-1,234'],
  [9_007_199_254_740_993n, '9,007,199,254,740,993'],
])('%s reads %s', (count, text) => {
  expect(countText(count)).toBe(text);
});

test.each([
  [-5, '0 ms'],
  [850.4, '850 ms'],
  [1_000, '1 s'],
  [1_540, '1.5 s'],
  [9_949, '9.9 s'],
  [9_950, '10 s'],
  [59_499, '59 s'],
  [60_000, '1 min'],
  [184_000, '3 min 4 s'],
  [7_500_000, '2 h 5 min'],
  [273_600_000, '3 d 4 h'],
])('%d ms read %s', (milliseconds, text) => {
  expect(durationText(milliseconds)).toBe(text);
});

test('counts of cells leave out zeros', () => {
  expect(cellCountsText(noCells)).toBe('no cells');
  expect(cellCountsText({ ...noCells, rewritten: 1_234, null: 2 })).toBe('1,234 rewritten, 2 null');
});

describe('text from a database', () => {
  test.each([
    ['plain ünïcode 表', 'plain ünïcode 表'],
    ['\u001b[2J', '\\u{1b}[2J'],
    ['a\r\nb', 'a\\u{d}\\u{a}b'],
    ['\u009b31m', '\\u{9b}31m'],
    ['abc\u202egnp.exe', 'abc\\u{202e}gnp.exe'],
    ['\u2028', '\\u{2028}'],
    ['\ud800', '\\u{d800}'],
  ])('%j is printed as %j', (text, shown) => {
    expect(printable(text)).toBe(shown);
  });

  test('reaches JSON exactly, but with nothing in it that moves a cursor', () => {
    const hostile = { table: '\u001b[2J\u009b31m\u202e\u{e0001}', key: 2n ** 63n };
    const text = jsonText(hostile);
    expect(text).toMatch(/^[\u0020-\u007e]+$/);
    expect(JSON.parse(text)).toEqual({ table: hostile.table, key: '9223372036854775808' });
  });
});

test('width is counted in columns of the terminal', () => {
  expect(displayWidth('machines')).toBe(8);
  expect(displayWidth('表名')).toBe(4);
  expect(displayWidth('e\u0301')).toBe(1);
  expect(shortenText('表名表名', 4)).toBe('表~');
  expect(shortenText('machines', 8)).toBe('machines');
  expect(shortenText('machines', 7)).toBe('machin~');
});

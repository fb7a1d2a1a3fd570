import { expect, test } from 'vitest';
import { countedText } from '../../../src/lib/model/texts/counted-text.ts';

test('a number agrees with its noun', () => {
  expect(countedText(0, 'cell')).toBe('0 cells');
  expect(countedText(1, 'cell')).toBe('1 cell');
  expect(countedText(1_234, 'cell')).toBe('1,234 cells');
  expect(countedText(1, 'search', 'searches')).toBe('1 search');
  expect(countedText(2, 'cell is', 'cells are')).toBe('2 cells are');
});

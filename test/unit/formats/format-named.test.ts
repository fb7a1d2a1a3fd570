import { expect, test } from 'vitest';
import { oneOf } from '../../../src/lib/formats/format-family.ts';
import { everyFormat, formatNamed } from '../../../src/lib/formats/format-named.ts';

test('every format is found again by its own name', () => {
  for (const format of everyFormat()) expect(formatNamed(format.name).name).toBe(format.name);
});

test('no two formats have the same name', () => {
  const names = everyFormat().map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});

test('a mistyped name is answered with the nearest one', () => {
  expect(() => formatNamed('ferent')).toThrow('there is no cell format "ferent"; the nearest name is fernet');
});

test('an option that the format does not have is refused', () => {
  expect(() => formatNamed('fernet:encoding=raw')).toThrow('the cell format fernet has no option "encoding"');
});

test('an option takes its own values and begins with the first', () => {
  const option = oneOf('raw', 'hex');
  expect(option.initial).toBe('raw');
  expect(['raw', 'hex', 'base64', ''].map((value) => option.accepts(value))).toEqual([
    true,
    true,
    false,
    false,
  ]);
});

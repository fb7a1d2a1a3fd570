import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { SecretKey } from '../../../src/lib/keys/secret-key.ts';
import { countingKey } from './samples.ts';

const key = new SecretKey(countingKey.bytes);
const printed = '[secret key c261a6ae]';

test('the check value is HKDF-Expand as another implementation computes it', () => {
  expect(key.checkValue).toBe(countingKey.checkValue);
  expect(key.id).toBe('c261a6ae');
});

test('every way of making text of a key prints its id alone', () => {
  expect(String(key)).toBe(printed);
  expect(`the ${key as unknown as string}`).toBe(`the ${printed}`);
  expect(JSON.stringify({ key })).toBe(`{"key":"${printed}"}`);
  expect(inspect(key)).toBe(printed);
  expect(inspect({ deep: [{ key }] }, { showHidden: true, depth: Infinity })).toContain(printed);
});

test('a key has no bytes for those who go around its methods', () => {
  const publicFields = { checkValue: countingKey.checkValue, id: 'c261a6ae' };
  expect(Object.fromEntries(Object.entries(key))).toEqual(publicFields);
  expect(structuredClone(key)).toEqual(publicFields);
  expect(inspect(key, { customInspect: false, showHidden: true })).not.toMatch(/bytes|Uint8Array/);
});

test('a key keeps its own copy of the bytes', () => {
  const bytes = Uint8Array.from(countingKey.bytes);
  const copied = new SecretKey(bytes);
  bytes.fill(0);
  copied.use((lent) => {
    expect([...lent]).toEqual([...countingKey.bytes]);
  });
});

test('keys are equal when their bytes are', () => {
  expect(key.equals(new SecretKey(countingKey.bytes))).toBe(true);
  expect(key.equals(new SecretKey(countingKey.bytes.with(31, 0)))).toBe(false);
  expect(key.equals(new SecretKey(countingKey.bytes.subarray(1)))).toBe(false);
});

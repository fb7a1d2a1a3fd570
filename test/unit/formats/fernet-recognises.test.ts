import { test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { fernet } from '../../../src/lib/formats/fernet/fernet.ts';
import { sealReference } from '../../support/reference-fernet.ts';
import { cells, plaintexts, testKeys } from './fernet-cells.ts';

const [key] = testKeys;
const token = sealReference(key, Buffer.from('value'));

describe('recognises', () => {
  property.prop([plaintexts])('is true for every token, as text and as blob', (plaintext) => {
    const cell = sealReference(key, plaintext);
    expect(fernet.recognises(cell)).toBe(true);
    expect(fernet.recognises(Buffer.from(cell))).toBe(true);
  });

  property.prop([cells], { numRuns: 1000 })('is true only for what encodes back to itself', (cell) => {
    const text = Buffer.from(cell).toString('latin1');
    const bytes = Buffer.from(text, 'base64url');
    const encoded = bytes.toString('base64').replaceAll('+', '-').replaceAll('/', '_');
    const shaped = bytes[0] === 0x80 && bytes.length >= 73 && (bytes.length - 57) % 16 === 0;
    const ascii = typeof cell !== 'string' || !/[^\0-\x7f]/.test(cell);
    expect(fernet.recognises(cell)).toBe(encoded === text && shaped && ascii);
  });

  test.each([
    ['white space around it', ` ${token}`],
    ['a line feed behind it', `${token}\n`],
    ['no padding', token.replace(/=+$/, '')],
    ['the standard alphabet', `${token.slice(0, 20)}+/${token.slice(22)}`],
    ['another version', `h${token.slice(1)}`],
    ['a block cut in half', token.slice(0, -12)],
    ['a stray bit before its padding', token.replace(/.==$/, 'B==')],
    ['two-byte characters', token.replace('g', '\u0167')],
    ['nothing', ''],
  ])('is false for a token with %s', (_, cell) => {
    expect(fernet.recognises(cell)).toBe(false);
    expect(fernet.recognises(Buffer.from(cell))).toBe(false);
  });

  test('takes no more stack or time for 50 MB', () => {
    expect(fernet.recognises(sealReference(key, Buffer.alloc(40_000_000)))).toBe(true);
  });

  property.prop([plaintexts])(
    'every token it recognises has the shape that the database searches for',
    (plaintext) => {
      const cell = sealReference(key, plaintext);
      expect(cell.length).toBeGreaterThanOrEqual(fernet.candidate.minimumLength);
      expect(fernet.candidate.firstCharacters).toContain(cell[0]);
    },
  );

  test('the shortest token has the minimum length', () => {
    expect(sealReference(key, Buffer.alloc(0))).toHaveLength(fernet.candidate.minimumLength);
  });
});

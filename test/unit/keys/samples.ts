import { onTestFinished } from 'vitest';
import { parseKeyReference, type KeyReference } from '../../../src/lib/keys/key-reference.ts';
import { loadKey, type LoadedKey } from '../../../src/lib/keys/load-key.ts';
import { KeyturnError } from '../../../src/lib/model/keyturn-error.ts';

/** The only format whose keys this version loads. */
export const fernet = { name: 'fernet', keyBytes: 32 } as const;

/** The bytes 0 to 31, as a key, as text, and its check value as Python's hmac module computes it. */
export const countingKey = {
  bytes: Uint8Array.from({ length: 32 }, (_, index) => index),
  text: 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=',
  hexadecimal: '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f',
  checkValue: 'c261a6ae650a07f94b4ed56fa551b05e536fd51416f491c4aa2a11c245645293',
} as const;

/** A random key whose text needs characters of either alphabet. */
export const randomKeyText = {
  standard: 'q1BNznn+XQ8lJr5Cf/lMg8yoLsNxxp+XvZp/xLJ0VMY=',
  urlSafe: 'q1BNznn-XQ8lJr5Cf_lMg8yoLsNxxp-XvZp_xLJ0VMY=',
} as const;

/** What a well-known guide shows as an example of a Fernet key: it has the shape of a token, and 105 characters. */
export const tokenShapedExample =
  'gAAAAABhk1J2K3mN5pQ7rS8tU9vW0xY1zA2bC3dE4fF5gG6hH7iI8jJ9kK0lL1mM2nN3oO4pP5qQ6rR7sS8tT9uU0vV1wW2xX3yY4zA5=';

/** Loads the key a reference names, as the old key of a rotation. */
export function load(text: string): Promise<LoadedKey> {
  return loadKey({ reference: parseKeyReference(text, 'old'), format: fernet, role: 'old' });
}

/** The error with which loading ends; fails where it does not. */
export function loadError(text: string): Promise<KeyturnError> {
  return errorOf(() => load(text));
}

/** The error with which parsing ends; fails where it does not. */
export function parseError(text: string): Promise<KeyturnError> {
  return errorOf(() => parse(text));
}

/** A parsed reference to the old key. */
export function parse(text: string): KeyReference {
  return parseKeyReference(text, 'old');
}

/** The KeyturnError with which work ends. */
export async function errorOf(work: () => unknown): Promise<KeyturnError> {
  try {
    await work();
  } catch (error) {
    if (error instanceof KeyturnError) return error;
    throw error;
  }
  throw new Error('no error was thrown');
}

/** Sets an environment variable for one test and returns the reference to it. */
export function environmentReference(value: string): string {
  process.env['KEYTURN_TEST_KEY'] = value;
  onTestFinished(() => {
    delete process.env['KEYTURN_TEST_KEY'];
  });
  return 'env:KEYTURN_TEST_KEY';
}

import { createCipheriv } from 'node:crypto';
import { expect, test } from 'vitest';
import { formatNamed } from '../../src/lib/formats/format-named.ts';
import { SecretKey } from '../../src/lib/keys/secret-key.ts';
import { plaintextOf } from '../unit/formats/batches.ts';
import { readFixture } from './format-vectors.ts';

interface Rfc8439 {
  readonly key: string;
  readonly nonce: string;
  readonly additionalData: string;
  readonly plaintext: string;
  readonly ciphertext: string;
  readonly tag: string;
}

const vector = readFixture('chacha20-poly1305-rfc8439') as Rfc8439;
const hex = (text: string): Buffer => Buffer.from(text, 'hex');

/** Poly1305 as RFC 8439, section 2.5, describes it, with whole numbers. */
function poly1305(oneTimeKey: Buffer, message: Buffer): Buffer {
  const number = (bytes: Buffer): bigint =>
    BigInt(`0x${Buffer.from(bytes).reverse().toString('hex') || '0'}`);
  const prime = 2n ** 130n - 5n;
  const r = number(oneTimeKey.subarray(0, 16)) & 0x0ffffffc0ffffffc0ffffffc0fffffffn;
  let sum = 0n;
  for (let at = 0; at < message.length; at += 16) {
    const block = Buffer.concat([message.subarray(at, at + 16), Buffer.of(1)]);
    sum = ((sum + number(block)) * r) % prime;
  }
  const tag = (sum + number(oneTimeKey.subarray(16))) % 2n ** 128n;
  return Buffer.from(tag.toString(16).padStart(32, '0'), 'hex').reverse();
}

/** The tag of RFC 8439, section 2.8: additional data, ciphertext, each padded to 16 bytes, and both lengths. */
function tagOf(additionalData: Buffer, ciphertext: Buffer): Buffer {
  const firstBlock = Buffer.concat([Buffer.alloc(4), hex(vector.nonce)]);
  const oneTimeKey = createCipheriv('chacha20', hex(vector.key), firstBlock).update(Buffer.alloc(32));
  const padded = (bytes: Buffer): Buffer =>
    Buffer.concat([bytes, Buffer.alloc((16 - (bytes.length % 16)) % 16)]);
  const lengths = Buffer.alloc(16);
  lengths.writeUInt32LE(additionalData.length, 0);
  lengths.writeUInt32LE(ciphertext.length, 8);
  return poly1305(oneTimeKey, Buffer.concat([padded(additionalData), padded(ciphertext), lengths]));
}

test("the test's own Poly1305 gives the tag of the RFC", () => {
  expect(tagOf(hex(vector.additionalData), hex(vector.ciphertext)).toString('hex')).toBe(vector.tag);
});

test('a cell of the ciphertext in RFC 8439 opens to its plaintext', () => {
  const ciphertext = hex(vector.ciphertext);
  const cell = Buffer.concat([hex(vector.nonce), ciphertext, tagOf(Buffer.alloc(0), ciphertext)]);
  const cipher = formatNamed('chacha20-poly1305:encoding=raw').bind(new SecretKey(hex(vector.key)));
  const opened = cipher.openBatch([cell]);
  expect(opened.outcomes).toEqual(['opened']);
  expect(plaintextOf(opened, 0).toString('hex')).toBe(vector.plaintext);
});

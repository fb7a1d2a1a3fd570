import { fc, test } from '@fast-check/vitest';
import { expect } from 'vitest';
import { formatNamed } from '../../../src/lib/formats/format-named.ts';
import { SecretKey } from '../../../src/lib/keys/secret-key.ts';
import { openAead, sealAead, type AeadTwin } from '../../support/reference-aead.ts';
import { plainBatchOf, plaintextOf } from './batches.ts';

/** Formats of raw bytes, each with what its twin does. */
const raw: readonly (readonly [string, AeadTwin])[] = [
  [
    'aes-256-gcm:layout=nonce-ciphertext-tag,encoding=raw',
    { algorithm: 'aes-256-gcm', order: 'nonce-ciphertext-tag' },
  ],
  [
    'aes-256-gcm:layout=nonce-tag-ciphertext,encoding=raw',
    { algorithm: 'aes-256-gcm', order: 'nonce-tag-ciphertext' },
  ],
  ['chacha20-poly1305:encoding=raw', { algorithm: 'chacha20-poly1305', order: 'nonce-ciphertext-tag' }],
];

const key = fc.uint8Array({ minLength: 32, maxLength: 32 });
const values = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 20 });

for (const [name, twin] of raw) {
  test.prop([key, values], { numRuns: 50 })(`${name} seals what its twin opens`, (bytes, plaintexts) => {
    const cipher = formatNamed(name).bind(new SecretKey(bytes));
    const cells = cipher.sealBatch(
      plainBatchOf(plaintexts),
      plaintexts.map(() => 'blob'),
    );
    expect(cells.map((cell) => openAead(bytes, cell as Uint8Array, twin))).toEqual(
      plaintexts.map((one) => Buffer.from(one)),
    );
  });

  test.prop([key, values], { numRuns: 50 })(`${name} opens what its twin seals`, (bytes, plaintexts) => {
    const opened = formatNamed(name)
      .bind(new SecretKey(bytes))
      .openBatch(plaintexts.map((plaintext) => sealAead(bytes, plaintext, twin)));
    expect(plaintexts.map((_, index) => plaintextOf(opened, index))).toEqual(
      plaintexts.map((one) => Buffer.from(one)),
    );
  });
}

import { fc } from '@fast-check/vitest';
import { sealReference, signReference } from '../../support/reference-fernet.ts';

/** Two keys, so that a batch can hold cells of another key. */
export const testKeys = [
  Buffer.alloc(32, 0x61),
  Buffer.from(Array.from({ length: 32 }, (_, at) => at)),
] as const;

/** Plaintexts of every length class: none, around the block, a few hundred bytes, 64 KiB. */
export const plaintexts: fc.Arbitrary<Uint8Array> = fc.oneof(
  { weight: 6, arbitrary: fc.uint8Array({ maxLength: 70 }) },
  {
    weight: 3,
    arbitrary: fc.constantFrom(0, 15, 16, 17, 31, 32).map((length) => new Uint8Array(length).fill(length)),
  },
  { weight: 2, arbitrary: fc.uint8Array({ maxLength: 3000, size: 'max' }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(65_535, 65_536, 65_537).map((length) => new Uint8Array(length).fill(7)),
  },
);

/** Timestamps that a token keeps, the largest included. */
export const timestamps = fc.bigInt({ min: 1n, max: 2n ** 64n - 1n });

const tokens = fc
  .tuple(
    fc.constantFrom(...testKeys),
    plaintexts,
    fc.oneof(timestamps, fc.constant(0n)),
    fc.uint8Array({ minLength: 16, maxLength: 16 }),
  )
  .map(([key, plaintext, timestamp, iv]) => sealReference(key, plaintext, { timestamp, iv }));

/** Damage to a token's text, at a place given as a fraction of its length. */
const damages: readonly ((token: string, place: number) => string)[] = [
  (token, place) => token.slice(0, at(token, place)),
  (token, place) => token.slice(at(token, place)) + token.slice(0, at(token, place)),
  (token, place) => token.slice(0, at(token, place)) + 'A' + token.slice(at(token, place) + 1),
  (token, place) => token.slice(0, at(token, place)) + '=' + token.slice(at(token, place)),
  (token, place) => token.slice(0, at(token, place)) + '\r\n ' + token.slice(at(token, place)),
  (token, place) => token.slice(0, at(token, place)) + '\0' + token.slice(at(token, place)),
  (token, place) => token.slice(0, at(token, place)) + '\u0167' + token.slice(at(token, place) + 1),
  (token, place) => token.slice(0, at(token, place)) + '\ud800' + token.slice(at(token, place)),
  (token, place) => token.slice(0, at(token, place)) + '\u00e9' + token.slice(at(token, place)),
  (token, place) => token.slice(0, at(token, place)) + '!' + token.slice(at(token, place) + 1),
  (token, place) => token.slice(0, at(token, place)) + ' '.repeat(64) + token.slice(at(token, place)),
  (token, place) => token.slice(0, at(token, place)) + '!'.repeat(64) + token.slice(at(token, place) + 64),
  (token) => token.replace(/=+$/, ''),
  (token) => token.replaceAll('-', '+').replaceAll('_', '/'),
  (token) => token + token,
  (token) => `\n${token}`,
  (token) => `"${token}"`,
];

function at(token: string, place: number): number {
  return Math.floor(place * token.length);
}

const damage = fc.tuple(fc.constantFrom(...damages), fc.double({ min: 0, max: 0.999, noNaN: true }));

const damaged = fc
  .tuple(tokens, fc.array(damage, { minLength: 1, maxLength: 3 }))
  .map(([token, many]) => many.reduce((text, [spoil, place]) => spoil(text, place), token));

const flipped = fc.tuple(tokens, fc.nat(), fc.nat(7)).map(([token, place, bit]) => {
  const bytes = Buffer.from(token, 'base64url');
  const index = place % bytes.length;
  bytes[index] = (bytes[index] ?? 0) ^ (1 << bit);
  return bytes.toString('base64').replaceAll('+', '-').replaceAll('/', '_');
});

/** Anything at all behind a right MAC: wrong versions, lengths and paddings. */
const signedJunk = fc
  .tuple(fc.constantFrom(...testKeys), fc.uint8Array({ maxLength: 120 }), fc.boolean())
  .map(([key, bytes, versioned]) => signReference(key, Buffer.from(versioned ? [0x80, ...bytes] : bytes)));

const junk = fc.oneof(
  fc.string({ minLength: 1, unit: 'binary', maxLength: 200 }),
  fc.base64String({ minLength: 4, maxLength: 300 }).map((text) => `gAAAAA${text}`),
  fc.constantFrom('gAAAAA', 'g', '=', '====', 'g'.repeat(5000), '='.repeat(5000), '\ud800'.repeat(100)),
);

const texts = fc.oneof(
  { weight: 6, arbitrary: tokens },
  { weight: 3, arbitrary: damaged },
  { weight: 2, arbitrary: flipped },
  { weight: 2, arbitrary: signedJunk },
  { weight: 1, arbitrary: junk },
);

/** Cells of either class: good ones of both keys, damaged ones, and things that are no token. */
export const cells: fc.Arbitrary<string | Uint8Array> = fc.oneof(
  { weight: 3, arbitrary: texts },
  { weight: 2, arbitrary: texts.map((text) => Buffer.from(text, 'latin1')) },
  { weight: 1, arbitrary: fc.uint8Array({ minLength: 1, maxLength: 200 }) },
);

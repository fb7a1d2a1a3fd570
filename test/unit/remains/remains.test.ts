import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openLocalFile } from '../../../src/lib/databases/local-file.ts';
import { deriveFingerprintKeys } from '../../../src/lib/keys/fingerprint-keys.ts';
import { SecretKey } from '../../../src/lib/keys/secret-key.ts';
import { chooseWindows } from '../../../src/lib/remains/choose-windows.ts';
import {
  fingerprintWindows,
  openFingerprints,
  sealFingerprints,
} from '../../../src/lib/remains/fingerprints.ts';
import { searchFile } from '../../../src/lib/remains/search-file.ts';
import { storedBytes, windowBytesOf } from '../../../src/lib/remains/stored-bytes.ts';
import { createWindowSearch, type WindowSearch } from '../../../src/lib/remains/window-search.ts';

const keys = deriveFingerprintKeys(new SecretKey(Buffer.alloc(32, 7)), 'migration');
const text = (value: string): Uint8Array => Buffer.from(value);

function searchFor(windows: readonly Uint8Array[]): WindowSearch {
  return createWindowSearch(keys, fingerprintWindows(keys, windows), windows[0]?.length ?? 1);
}

describe('the search for windows', () => {
  // Few letters, so that windows overlap, repeat and stand at both ends.
  const letters = fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 4, maxLength: 4 });
  property.prop([fc.uniqueArray(letters, { minLength: 1 }), fc.string({ unit: fc.constantFrom('a', 'b') })])(
    'finds what a comparison at every place finds',
    (windows, content) => {
      const expected = Array.from(content).flatMap((_, offset) => {
        const fingerprint = windows.indexOf(content.slice(offset, offset + 4));
        return fingerprint === -1 ? [] : [{ fingerprint, offset }];
      });
      expect(searchFor(windows.map(text)).search(text(content))).toEqual(expected);
    },
  );

  test('finds a window wherever a file is read in pieces, and remembers three places of each', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'keyturn-remains-'));
    onTestFinished(() => {
      rmSync(folder, { recursive: true, force: true });
    });
    const window = randomBytes(10);
    const content = Buffer.alloc(9 * 1024 * 1024, 'x');
    const places = [0, 4 * 1024 * 1024 - 5, 8 * 1024 * 1024 - 1, content.length - 10];
    for (const place of places) window.copy(content, place);
    writeFileSync(join(folder, 'file'), content);
    let bytes = 0;
    const progress = (more: number): void => {
      bytes += more;
    };
    const watch = { progress, signal: new AbortController().signal };
    const file = await openLocalFile(join(folder, 'file'));
    const found = file && (await searchFile(file, searchFor([window]), watch));
    await file?.close();
    expect(found).toEqual({
      bytes: content.length,
      found: places.slice(0, 3).map((offset) => ({ fingerprint: 0, offset })),
    });
    expect(bytes).toBe(content.length);
    expect(await openLocalFile(join(folder, 'gone'))).toBeNull();
  });
});

describe('fingerprints', () => {
  const windows = Array.from({ length: 20 }, (_, index) => text(`+39 33${String(index).padStart(4, '0')}`));
  const fingerprints = fingerprintWindows(keys, windows);

  test('come back from their seal, at their own place and under their own key alone', () => {
    const sealed = sealFingerprints(keys, fingerprints, 'users.phone');
    expect(openFingerprints(keys, sealed, 'users.phone')).toEqual(fingerprints);
    const others = [
      deriveFingerprintKeys(new SecretKey(Buffer.alloc(32, 8)), 'migration'),
      deriveFingerprintKeys(new SecretKey(Buffer.alloc(32, 7)), 'another migration'),
    ];
    for (const other of others)
      expect(() => openFingerprints(other, sealed, 'users.phone')).toThrow('changed');
    expect(() => openFingerprints(keys, sealed, 'users.email')).toThrow('changed');
  });

  test('show neither windows nor hashes in their seal, which is another one each time', () => {
    const [one, other] = [1, 2].map(() => Buffer.from(sealFingerprints(keys, fingerprints, 'users.phone')));
    expect(one?.equals(other ?? Buffer.of())).toBe(false);
    fingerprints.forEach(({ rollingHash, confirmation }, index) => {
      const hash = Buffer.alloc(4);
      hash.writeInt32BE(rollingHash);
      for (const secret of [Buffer.from(windows[index] ?? []), hash, Buffer.from(confirmation, 'hex')]) {
        expect(one?.includes(secret)).toBe(false);
      }
    });
  });

  test('are nothing without their key: the same window has another fingerprint under another one', () => {
    const others = deriveFingerprintKeys(new SecretKey(Buffer.alloc(32, 8)), 'migration');
    expect(fingerprintWindows(others, windows)).not.toEqual(fingerprints);
    expect(others.rollingBase % 2).toBe(1);
  });
});

describe('the windows of a sample', () => {
  test('are taken from values that are long enough and have something of their own', () => {
    const { windows, short, repeated } = chooseWindows(
      ['one of its own', 'short', 'the same everywhere', 'the same everywhere', 'which stays'].map(text),
      ['a new value, which stays'].map(text),
      10,
    );
    expect({ windows: windows.length, short, repeated }).toEqual({ windows: 1, short: 1, repeated: 3 });
    expect('one of its own').toContain(Buffer.from(windows[0] ?? []).toString());
  });

  test('are found in every value that has one of its own, however few places it has', () => {
    const values = Array.from({ length: 500 }, (_, row) => text(`the same${String(row % 10)}for all`));
    const own = values.map((value, row) => Buffer.concat([value, text(String(row).padStart(4, '0'))]));
    expect(chooseWindows(own, [], 10)).toMatchObject({ short: 0, repeated: 0 });
    expect(chooseWindows(values, [], 10)).toMatchObject({ windows: [], repeated: 500 });
  });

  test('have no half in what cells keep, so that none of the many new cells goes on like an old one by chance', () => {
    const beginning = 'gAAAAABpTIME';
    const cells = (count: number): Uint8Array[] =>
      Array.from({ length: count }, () => text(beginning + randomBytes(60).toString('base64url')));
    const old = cells(300);
    const { windows, repeated } = chooseWindows(old, cells(300), 10);
    expect(repeated).toBe(0);
    const places = old.flatMap((cell) => windows.map((window) => Buffer.from(cell).indexOf(window)));
    const found = places.filter((place) => place >= 0);
    expect(found).toHaveLength(old.length);
    expect(Math.min(...found)).toBeGreaterThanOrEqual(beginning.length - 4);
  });

  test('cover the bytes of the file: of its encoding, and none of a number', () => {
    expect(storedBytes('é', 'utf16be')).toEqual(Buffer.of(0, 0xe9));
    expect(storedBytes('é', 'utf16le')).toEqual(Buffer.of(0xe9, 0));
    expect(storedBytes('é', 'utf8')).toEqual(Buffer.of(0xc3, 0xa9));
    expect(storedBytes('é', 'other')).toBeNull();
    expect([storedBytes('plain', 'other'), storedBytes(5n, 'utf8'), storedBytes(null, 'utf8')]).toEqual([
      Buffer.from('plain'),
      null,
      null,
    ]);
    expect([windowBytesOf('utf8'), windowBytesOf('utf16le')]).toEqual([10, 20]);
  });
});

import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { formatNamed } from '../../../src/lib/formats/format-named.ts';
import { bindKey } from '../../../src/lib/formats/tink-xaes/bound-key.ts';
import { useSubKeys } from '../../../src/lib/formats/tink-xaes/sub-key.ts';
import { SecretKey } from '../../../src/lib/keys/secret-key.ts';
import { encodeRowKey, type CellPlaces } from '../../../src/lib/model/cells/cell-places.ts';
import { openXaesCell, sealXaesCell } from '../../support/reference-xaes.ts';
import { plainBatchOf, plaintextOf } from './batches.ts';

const bytes = Buffer.from('an old key of thirty-two bytes!!');
const key = new SecretKey(bytes);
const twin = { key: bytes, keyId: key.id, additionalData: Buffer.alloc(0) };
const text = 't'.charCodeAt(0);
const values = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 20 });

property.prop([values], { numRuns: 50 })('seals what its twin opens, the type in front', (plaintexts) => {
  const cells = formatNamed('tink-xaes:bind=none')
    .bind(key)
    .sealBatch(
      plainBatchOf(plaintexts),
      plaintexts.map(() => 'blob'),
    );
  const opened = cells.map((cell) => openXaesCell(twin, cell as Uint8Array));
  expect(opened).toEqual(plaintexts.map((plaintext) => Buffer.concat([Buffer.of(text), plaintext])));
});

property.prop([values], { numRuns: 50 })('opens what its twin seals, and tells the type', (plaintexts) => {
  const cells = plaintexts.map((plaintext) =>
    sealXaesCell(twin, Buffer.concat([Buffer.from('b'), plaintext])),
  );
  const opened = formatNamed('tink-xaes:bind=none').bind(key).openBatch(cells);
  expect(plaintexts.map((_, index) => plaintextOf(opened, index))).toEqual(
    plaintexts.map((one) => Buffer.from(one)),
  );
  expect([...(opened.types ?? [])]).toEqual(plaintexts.map(() => 'b'.charCodeAt(0)));
});

test('a text is "kt1." and base64url without padding, a blob the bytes', () => {
  const cipher = formatNamed('tink-xaes:bind=none').bind(key);
  const [asText, asBlob] = cipher.sealBatch(plainBatchOf([Buffer.from('a'), Buffer.from('a')]), [
    'text',
    'blob',
  ]);
  expect(asText).toMatch(/^kt1\.[\w-]+$/);
  expect(Buffer.from(asBlob as Uint8Array).toString('hex')).toMatch(new RegExp(`^01${key.id}`));
});

test('a type that no value has is refused, though the seal is right', () => {
  const cell = sealXaesCell(twin, Buffer.from('?x'));
  expect(formatNamed('tink-xaes:bind=none').bind(key).openBatch([cell]).outcomes).toEqual(['rejected']);
});

test('keeps every type', () => {
  const cipher = formatNamed('tink-xaes:bind=none').bind(key);
  const types = Uint8Array.from('tbir', (letter) => letter.charCodeAt(0));
  const batch = { ...plainBatchOf(['a', 'b', '12', '12345678'].map((one) => Buffer.from(one))), types };
  expect(cipher.openBatch(cipher.sealBatch(batch, ['text', 'blob', 'text', 'text'])).types).toEqual(types);
});

describe('a cell that is bound to its place', () => {
  const place = (table: string, column: string, id: bigint): CellPlaces => ({
    table,
    column,
    rows: [encodeRowKey([id])],
  });
  const here = place('users', 'email', 1n);
  const sealed = (name: string): readonly (string | Uint8Array)[] =>
    formatNamed(name)
      .bind(key)
      .sealBatch(plainBatchOf([Buffer.from('a')]), ['text'], here);
  const outcomeAt = (name: string, at: CellPlaces, cells = sealed(name)): string | undefined =>
    formatNamed(name).bind(key).openBatch(cells, at).outcomes[0];

  test.each(['tink-xaes:bind=row', 'tink-xaes:bind=column'])('%s opens there alone', (name) => {
    expect(outcomeAt(name, here)).toBe('opened');
    expect(outcomeAt(name, place('people', 'email', 1n))).toBe('displaced');
    expect(outcomeAt(name, place('users', 'phone', 1n))).toBe('displaced');
  });

  test('opens in another row only where rows do not count', () => {
    expect(outcomeAt('tink-xaes:bind=row', place('users', 'email', 2n))).toBe('displaced');
    expect(outcomeAt('tink-xaes:bind=column', place('users', 'email', 2n))).toBe('opened');
  });

  test('opens nowhere in a table whose rows nothing names for good, and is not sealed there', () => {
    const nameless: CellPlaces = { table: 'users', column: 'email', rows: 'none' };
    expect(outcomeAt('tink-xaes:bind=row', nameless)).toBe('displaced');
    const cipher = formatNamed('tink-xaes:bind=row').bind(key);
    expect(() => cipher.sealBatch(plainBatchOf([Buffer.from('a')]), ['text'], nameless)).toThrow();
  });

  test('is never looked at without its place', () => {
    const cells = sealed('tink-xaes:bind=column');
    expect(() => formatNamed('tink-xaes:bind=column').bind(key).openBatch(cells)).toThrow();
  });

  test('is authenticated with exactly these bytes', () => {
    const [cell = ''] = sealed('tink-xaes:bind=row');
    const part = (letter: string, content: string): Buffer => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(content.length);
      return Buffer.concat([Buffer.from(letter), length, Buffer.from(content)]);
    };
    const additionalData = Buffer.concat([
      part('t', 'keyturn/aad/v1'),
      part('t', 'users'),
      part('t', 'email'),
      part('i', '1'),
    ]);
    const stored = Buffer.from(String(cell).slice('kt1.'.length), 'base64url');
    expect(openXaesCell({ ...twin, additionalData }, stored).toString()).toBe('ta');
  });
});

test.each([
  [[1n], ['1']],
  [
    ['ab', 'c'],
    ['a', 'bc'],
  ],
  [[1n], [1]],
  [['a'], [Buffer.from('a')]],
  [[null], ['']],
])('the row key of %s is not that of %s', (one, other) => {
  expect(encodeRowKey(one)).not.toEqual(encodeRowKey(other));
});

// They stayed in memory where a value in the middle of a batch could not be sealed.
test('the sub-keys of a batch are wiped, whatever happens meanwhile', () => {
  let lent: Buffer = Buffer.alloc(0);
  const failing = (subKeys: Buffer): never => {
    lent = subKeys;
    expect(lent.some((byte) => byte > 0)).toBe(true);
    throw new Error('in the middle');
  };
  expect(() => {
    useSubKeys(bindKey(bytes, key.id), { bytes: Buffer.alloc(12), starts: [0] }, failing);
  }).toThrow('in the middle');
  expect(lent, 'and their memory is given back').toHaveLength(0);
});

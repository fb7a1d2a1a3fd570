import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { ColumnWork } from '../../../src/lib/engine/transcoding/column-work.ts';
import { createLookalikeTest } from '../../../src/lib/engine/transcoding/columns/lookalikes.ts';
import { createPackedTranscoder } from '../../../src/lib/engine/transcoding/packed/packed-transcoder.ts';
import { createTranscoder } from '../../../src/lib/engine/transcoding/transcoder.ts';
import { everyFormat, formatNamed } from '../../../src/lib/formats/format-named.ts';
import { SecretKey } from '../../../src/lib/keys/secret-key.ts';
import { encodeRowKey } from '../../../src/lib/model/cells/cell-places.ts';
import { packedBatch, type RowBatch } from '../../../src/lib/model/cells/row-batch.ts';
import type { CellValue } from '../../../src/lib/model/cells/stored-value.ts';
import { packCells } from '../../support/pack-cells.ts';
import { sealReference } from '../../support/reference-fernet.ts';

const key = new SecretKey(randomBytes(32));
const format = formatNamed('tink-xaes');
const cipher = format.bind(key);
const place = { table: 'people', column: 'email' };
const shared = { place, looksSealed: createLookalikeTest(everyFormat()) };
const plaintext = { kind: 'plaintext', type: 'text', empty: 'keep', lookalikes: 'quarantine' } as const;
const encryption = {
  ...shared,
  kind: 'encrypt',
  from: plaintext,
  new: { format, cipher },
} as const satisfies ColumnWork;
const decryption = {
  ...shared,
  kind: 'decrypt',
  old: { format, cipher },
  to: plaintext,
} as const satisfies ColumnWork;

type Values = readonly (CellValue | null)[];

/** The rows of a batch have the keys 1, 2 and so on. */
function batchOf(values: Values): RowBatch {
  const keys = values.map((_, row) => BigInt(row + 1));
  return packedBatch(
    [packCells(values)],
    { keys },
    { canonicalKeys: keys.map((one) => encodeRowKey([one])) },
  );
}

function freshOf(batch: RowBatch, work: ColumnWork): Values {
  const { replacements } = createTranscoder([work]).transcodeAtOnce(batch);
  return replacements.columns[0] as Values;
}

/** What stands in a batch once it was encrypted. */
function encrypted(values: Values): Values {
  return freshOf(batchOf(values), encryption).map((cell, row) => cell ?? values[row] ?? null);
}

const people = [
  'anna@example.org',
  null,
  '',
  'Łukasz 😀',
  'k'.repeat(80),
  ...Array<string>(20).fill('someone'),
];

describe('plaintext', () => {
  test('is sealed where it lies, and opens again in its row, as text', () => {
    const packed = createPackedTranscoder([encryption])(batchOf(people));
    expect(packed?.outcomes[0]?.slice(0, 5)).toEqual([
      'rewritten',
      'null',
      'empty',
      'rewritten',
      'rewritten',
    ]);
    expect(freshOf(batchOf(encrypted(people)), decryption)).toEqual(
      people.map((one) => (one === null || one === '' ? undefined : one)),
    );
  });

  test('stays plaintext in the sweep of a decryption', () => {
    expect(createPackedTranscoder([decryption])(batchOf(people))?.outcomes[0]?.slice(0, 5)).toEqual([
      'already',
      'null',
      'empty',
      'already',
      'already',
    ]);
  });
});

test('cells that are done are left as they are', () => {
  const packed = createPackedTranscoder([encryption])(batchOf(encrypted(people)));
  expect(packed?.outcomes[0]?.slice(0, 4)).toEqual(['already', 'null', 'empty', 'already']);
  expect(packed?.replacements.columns[0]?.every((cell) => cell === undefined)).toBe(true);
});

test('of bytes, cells are bytes and so is what they are made of again', () => {
  const pictures = [Buffer.from([1, 2, 3]), Buffer.from([0, 255, 128])];
  const ofBytes = { ...plaintext, type: 'blob' } as const;
  const cells = freshOf(batchOf(pictures), { ...encryption, from: ofBytes });
  expect(cells.map((cell) => (cell as Uint8Array)[0])).toEqual([1, 1]);
  expect(freshOf(batchOf(cells), { ...decryption, to: ofBytes })).toEqual(pictures);
});

const sealed = encrypted(['anna@example.org'])[0] ?? null;
const fernetToken = sealReference(randomBytes(32), Buffer.from('x'), { timestamp: 1n });

test.each<readonly [string, ColumnWork, Values]>([
  ['a cell among plaintext', encryption, [sealed, ...people]],
  ['a cell with a line break before it', encryption, [`\n${String(sealed)}`, ...people]],
  ['a cell of another format among plaintext', encryption, [...people, fernetToken]],
  ['cells of another row', encryption, [...encrypted(people)].reverse()],
  [
    'values that are to become cells although they are empty',
    { ...encryption, from: { ...plaintext, empty: 'encrypt' } },
    people,
  ],
  ['plaintext among cells', decryption, [...encrypted(people), 'plain']],
  ['a cell of another format among cells', decryption, [...encrypted(people), fernetToken]],
  ['cells of a number', decryption, [numberCell()]],
])('a batch with %s is taken value by value, with the same result', (_, work, values) => {
  expect(createPackedTranscoder([work])(batchOf(values))).toBeUndefined();
  const { canonicalKeys, keys } = batchOf(values);
  const single = { keys, columns: [values], ...(canonicalKeys && { canonicalKeys }) };
  expect(createTranscoder([work]).transcodeAtOnce(batchOf(values)).outcomes).toEqual(
    createTranscoder([work]).transcodeAtOnce(single).outcomes,
  );
});

/** A cell of the number 7 in the first row. */
function numberCell(): CellValue | null {
  const cells = createTranscoder([encryption]).transcodeAtOnce({
    keys: [1n],
    columns: [[7n]],
    canonicalKeys: [encodeRowKey([1n])],
  });
  return cells.replacements.columns[0]?.[0] as CellValue;
}

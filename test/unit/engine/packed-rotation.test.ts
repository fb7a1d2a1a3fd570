import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import type { ColumnWork } from '../../../src/lib/engine/transcoding/column-work.ts';
import { createPackedTranscoder } from '../../../src/lib/engine/transcoding/packed/packed-transcoder.ts';
import { createTranscoder } from '../../../src/lib/engine/transcoding/transcoder.ts';
import type { CellCipher } from '../../../src/lib/formats/cell-format.ts';
import { fernet } from '../../../src/lib/formats/fernet/fernet.ts';
import { SecretKey } from '../../../src/lib/keys/secret-key.ts';
import { packedBatch, type RowBatch } from '../../../src/lib/model/cells/row-batch.ts';
import { packCells } from '../../support/pack-cells.ts';
import { openReference, sealReference } from '../../support/reference-fernet.ts';

const [oldKey, newKey] = [randomBytes(32), randomBytes(32)];
const column = {
  kind: 'rotate',
  place: { table: 'machines', column: 'secret' },
  old: { format: fernet, cipher: fernet.bind(new SecretKey(oldKey)) },
  new: { format: fernet, cipher: fernet.bind(new SecretKey(newKey)) },
  timestamps: 'keep',
  unrecognised: 'quarantine',
  repair: null,
} as const satisfies ColumnWork;

const token = (key: Buffer, text: string): string =>
  sealReference(key, Buffer.from(text), { timestamp: 1_600_000_000n });

function batchOf(...columns: readonly (readonly (string | null)[])[]): RowBatch {
  return packedBatch(columns.map(packCells), { keys: (columns[0] ?? []).map((_, row) => BigInt(row)) });
}

test('a batch of cells under the old key stays packed, and its new cells hold what the old ones held', () => {
  const batch = batchOf([token(oldKey, 'one'), null, '', token(oldKey, token(oldKey, 'twice'))]);
  const rotated = createPackedTranscoder([column])(batch);
  expect(rotated?.outcomes).toEqual([['rewritten', 'null', 'empty', 'rewritten']]);
  expect(rotated?.nested).toBe(1);
  const [first, second, third] = (rotated?.replacements.columns[0] ?? []) as (string | undefined)[];
  expect([second, third]).toEqual([undefined, undefined]);
  expect(openReference(newKey, first ?? '')).toEqual({
    outcome: 'opened',
    plaintext: Buffer.from('one'),
    timestamp: 1_600_000_000n,
  });
});

test('a batch of cells under the new key stays as it is', () => {
  const rotate = createPackedTranscoder([column]);
  for (let sweep = 0; sweep < 2; sweep += 1) {
    const rotated = rotate(batchOf([token(newKey, 'one'), null]));
    expect(rotated?.outcomes).toEqual([['already', 'null']]);
    expect(rotated?.replacements.columns).toEqual([[undefined, undefined]]);
  }
  expect(rotate(batchOf([token(oldKey, 'one')]))?.outcomes).toEqual([['rewritten']]);
});

test.each([
  ['cells under both keys', [token(oldKey, 'one'), token(newKey, 'two')]],
  ['a cell under another key', [token(oldKey, 'one'), token(randomBytes(32), 'two')]],
  ['a value that is no cell', [token(oldKey, 'one'), 'plain']],
  ['a cell with a line break', [token(oldKey, 'one'), `${token(oldKey, 'two')}\n`]],
])('a batch with %s is taken cell by cell, with the same result', (_, cells) => {
  expect(createPackedTranscoder([column])(batchOf(cells))).toBeUndefined();
  const packed = createTranscoder([column]).transcodeAtOnce(batchOf(cells));
  const single = createTranscoder([column]).transcodeAtOnce({ keys: [0n, 1n], columns: [cells] });
  expect(packed.outcomes).toEqual(single.outcomes);
  expect(packed.replacements.packed).toBeUndefined();
});

test('every column of a table has to stay packed, or none does', () => {
  const rotate = createPackedTranscoder([
    column,
    { ...column, place: { table: 'machines', column: 'note' } },
  ]);
  const [one, two] = [token(oldKey, 'one'), token(newKey, 'two')];
  expect(rotate(batchOf([one], [two]))?.outcomes).toEqual([['rewritten'], ['already']]);
  expect(rotate(batchOf([one, one], [one, two]))).toBeUndefined();
});

test('a column that blind indexes depend on is taken cell by cell', () => {
  const rotate = createPackedTranscoder([
    { ...column, indexes: [{ place: 1, index: { compute: () => [] } }] },
  ]);
  expect(rotate(batchOf([token(oldKey, 'one')]))).toBeUndefined();
});

test('a cell that does not open to what went in ends the run before anything is written', () => {
  const another = fernet.bind(new SecretKey(randomBytes(32)));
  const cipher: CellCipher = { ...another, openBatch: (...trial) => column.new.cipher.openBatch(...trial) };
  const broken = { ...column, new: { format: fernet, cipher } };
  const batch = { keys: [0n], columns: [[token(oldKey, 'one')]] };
  expect(() => createTranscoder([broken]).transcodeAtOnce(batch)).toThrow(
    expect.objectContaining({ code: 'KT_SELF_CHECK_FAILED' }) as Error,
  );
});

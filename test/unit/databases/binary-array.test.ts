import { expect, test } from 'vitest';
import {
  encodeByteaArray,
  encodePackedArray,
  encodeTextArray,
} from '../../../src/lib/databases/postgres/connection/binary-array.ts';
import { allocateCells, noCell, type SpacedCells } from '../../../src/lib/model/cells/packed-cells.ts';

function pack(cells: readonly (string | undefined)[]): SpacedCells {
  const lengths = Int32Array.from(cells, (cell) => cell?.length ?? noCell);
  const packed = allocateCells('text', lengths);
  cells.forEach((cell, index) => {
    packed.bytes.set(Buffer.from(cell ?? ''), packed.starts[index]);
  });
  return packed;
}

const cells = ['first', undefined, '', 'a longer one', 'last'];

test('packed cells are the same array as cells one by one', () => {
  const rows = [0, 1, 2, 3, 4];
  expect(encodePackedArray('text', pack(cells), rows)).toEqual(encodeTextArray(cells));
  const bytes = cells.map((cell) => (cell === undefined ? undefined : Buffer.from(cell)));
  expect(encodePackedArray('bytea', pack(cells), rows)).toEqual(encodeByteaArray(bytes));
});

test('so are those of some rows, before and after all were taken', () => {
  const packed = pack(cells);
  for (const rows of [[3], [0, 4], [], [0, 1, 2, 3, 4], [1, 2], [4]]) {
    expect(encodePackedArray('text', packed, rows)).toEqual(encodeTextArray(rows.map((row) => cells[row])));
  }
});

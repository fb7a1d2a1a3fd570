import { isUtf8 } from 'node:buffer';
import type { OpenedBatch } from '../../../formats/cell-format.ts';
import { placesOfRows } from '../../../model/cells/cell-places.ts';
import {
  allocateCells,
  freeCells,
  noCell,
  type PackedCells,
  type SpacedCells,
} from '../../../model/cells/packed-cells.ts';
import { freeBatch } from '../../../model/cells/plain-batch.ts';
import { plainTypeOfCode } from '../../../model/cells/plain-type.ts';
import { createDecryptingColumn, type DecryptedColumn } from '../columns/decrypting-column.ts';
import {
  allAlike,
  areAllOpened,
  createDoubt,
  listFilledRows,
  mostDoubts,
  nothingNew,
  valuesAt,
  type PackedColumn,
} from './packed-column.ts';

/**
 * Makes the decryption of a column that stays packed: all of it is cells of values that its type holds, or all of it is plaintext
 * already. Undefined where the format does not tell plaintext in memory at a glance.
 */
export function createPackedDecryption(column: DecryptedColumn): PackedColumn | undefined {
  const { cipher } = column.old;
  const { packed } = cipher;
  const isDoubtful = createDoubt(column, cipher);
  if (packed === undefined || isDoubtful === undefined) return undefined;
  const judge = createDecryptingColumn(column);
  return (cells, canonicalKeys) => {
    const rows = listFilledRows(cells);
    const doubtful = rows.filter((row) => isDoubtful(cells, row));
    if (doubtful.length <= rows.length * mostDoubts) {
      const { outcomes } = judge(valuesAt(cells, doubtful, canonicalKeys));
      const isPlaintext = outcomes.every((outcome) => outcome === 'already');
      return isPlaintext ? allAlike(cells, nothingNew(cells), 'already') : undefined;
    }
    const opened = packed.open(cells, placesOfRows(column.place, canonicalKeys, rows));
    const values = areAllOpened(opened) ? writeValues(column, opened, cells) : undefined;
    freeBatch(opened);
    return values && allAlike(cells, values, 'rewritten');
  };
}

/** The opened values as the cells of their rows; undefined where one of them is nothing that the column holds. */
function writeValues(
  { to }: DecryptedColumn,
  opened: OpenedBatch,
  cells: PackedCells,
): SpacedCells | undefined {
  const { bytes, starts, ends, types } = opened;
  const rows = listFilledRows(cells);
  const fits = rows.every(
    (_, index) => (plainTypeOfCode(types?.[index] ?? 0) ?? to.type) === cells.cellClass,
  );
  if (!fits) return undefined;
  const lengths = new Int32Array(cells.lengths.length).fill(noCell);
  rows.forEach((row, index) => {
    lengths[row] = (ends[index] ?? 0) - (starts[index] ?? 0);
  });
  const values = allocateCells(cells.cellClass, lengths);
  // What is between the values is ASCII then, so that all of it is UTF-8 only where each of them is.
  values.bytes.fill(0);
  rows.forEach((row, index) => {
    values.bytes.set(bytes.subarray(starts[index], ends[index]), values.starts[row]);
  });
  if (cells.cellClass === 'blob' || isUtf8(values.bytes)) return values;
  freeCells(values);
  return undefined;
}

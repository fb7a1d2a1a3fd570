import { placesOfRows } from '../../../model/cells/cell-places.ts';
import { noCell, type PackedCells } from '../../../model/cells/packed-cells.ts';
import { freeBatch, freePlaces, type PlainBatch } from '../../../model/cells/plain-batch.ts';
import { typeCodes } from '../../../model/cells/plain-type.ts';
import { judgePlaintexts, type EncryptedColumn } from '../columns/encrypting-column.ts';
import { refuseDifference } from '../columns/plaintexts.ts';
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
 * Makes the encryption of a column that stays packed: all of it is plaintext, or all of it is cells already. Undefined where the
 * format does not tell plaintext in memory at a glance.
 */
export function createPackedEncryption(column: EncryptedColumn): PackedColumn | undefined {
  const { format, cipher } = column.new;
  const { packed } = cipher;
  const isDoubtful = createDoubt(column, cipher);
  if (packed === undefined || isDoubtful === undefined) return undefined;
  return (cells, canonicalKeys) => {
    if (!isSimple(column, cells)) return undefined;
    const rows = listFilledRows(cells);
    const places = placesOfRows(column.place, canonicalKeys, rows);
    const doubtful = rows.filter((row) => isDoubtful(cells, row));
    if (doubtful.length > rows.length * mostDoubts) {
      const opened = packed.open(cells, places);
      freeBatch(opened);
      return areAllOpened(opened) ? allAlike(cells, nothingNew(cells), 'already') : undefined;
    }
    const judged = judgePlaintexts(column, valuesAt(cells, doubtful, canonicalKeys));
    if (judged.outcomes.some((outcome) => outcome !== 'rewritten')) return undefined;
    const plaintexts = plaintextsAt(cells, rows);
    const sealed = packed.seal(plaintexts, cells, places);
    const reopened = packed.open(sealed, places);
    refuseDifference(plaintexts, reopened, format);
    freeBatch(reopened);
    freePlaces(plaintexts);
    return allAlike(cells, sealed, 'rewritten');
  };
}

/** Whether the format takes such values into such cells, and every value without content stays. */
function isSimple({ from, new: { format } }: EncryptedColumn, { cellClass, lengths }: PackedCells): boolean {
  const isTyped = format.types === 'in each cell' || from.type === cellClass;
  return isTyped && format.classes.includes(cellClass) && (from.empty === 'keep' || !lengths.includes(0));
}

/** The values of some rows as plaintexts, not copied. */
function plaintextsAt(
  { cellClass, bytes, starts, lengths }: PackedCells,
  rows: readonly number[],
): PlainBatch {
  return {
    bytes,
    starts: Uint32Array.from(rows, (row) => starts[row] ?? 0),
    ends: Uint32Array.from(rows, (row) => (starts[row] ?? 0) + (lengths[row] ?? noCell)),
    timestamps: new BigUint64Array(rows.length),
    types: new Uint8Array(rows.length).fill(typeCodes[cellClass]),
  };
}

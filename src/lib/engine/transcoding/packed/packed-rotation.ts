import type { OpenedBatch, PackedCipher } from '../../../formats/cell-format.ts';
import { placesOfRows, type CellPlaces } from '../../../model/cells/cell-places.ts';
import type { PackedCells, SpacedCells } from '../../../model/cells/packed-cells.ts';
import { freeBatch } from '../../../model/cells/plain-batch.ts';
import { createNestedCount, pickPlaintexts, refuseDifference } from '../columns/plaintexts.ts';
import type { RotatedColumn } from '../columns/rotating-column.ts';
import { allAlike, areAllOpened, listFilledRows, nothingNew, type PackedColumn } from './packed-column.ts';

/**
 * Makes the rotation of a column that stays packed: all of its cells open under one and the same key. Undefined where a format knows
 * no packed cells.
 */
export function createPackedRotation(column: RotatedColumn): PackedColumn | undefined {
  const { place, old, new: fresh } = column;
  const [underOld, underNew] = [old.cipher.packed, fresh.cipher.packed];
  if (underOld === undefined || underNew === undefined || old.cipher === fresh.cipher) return undefined;
  const countNested = createNestedCount([...new Set([old.format, fresh.format])]);
  // The key that opened the last batch is tried first.
  let likely: 'old' | 'new' = 'old';
  return (cells, canonicalKeys) => {
    const rows = listFilledRows(cells);
    const places = placesOfRows(place, canonicalKeys, rows);
    for (const key of likely === 'old' ? (['old', 'new'] as const) : (['new', 'old'] as const)) {
      const opened = (key === 'old' ? underOld : underNew).open(cells, places);
      if (!areAllOpened(opened)) {
        if (opened.outcomes.includes('opened')) return undefined;
        continue;
      }
      likely = key;
      const isOld = key === 'old' && rows.length > 0;
      const fits = fresh.format.classes.includes(cells.cellClass);
      if (isOld && !fits) return undefined;
      const rotated = {
        ...allAlike(
          cells,
          isOld ? reseal(column, { opened, cells, places, cipher: underNew }) : nothingNew(cells),
          key === 'old' ? 'rewritten' : 'already',
        ),
        nested: countNested(opened),
      };
      freeBatch(opened);
      return rotated;
    }
    return undefined;
  };
}

interface OpenedCells {
  readonly opened: OpenedBatch;
  readonly cells: PackedCells;
  readonly places: CellPlaces;
  readonly cipher: PackedCipher;
}

/** Seals, and opens what was sealed again to compare, before anything is written. */
function reseal(
  { timestamps, new: { format } }: RotatedColumn,
  { opened, cells, places, cipher }: OpenedCells,
): SpacedCells {
  const everyCell = Array.from(opened.outcomes.keys());
  const plaintexts = pickPlaintexts(opened, everyCell, timestamps);
  const sealed = cipher.seal(plaintexts, cells, places);
  const reopened = cipher.open(sealed, places);
  refuseDifference(plaintexts, reopened, format);
  freeBatch(reopened);
  return sealed;
}

import type { OpenedBatch, PackedCipher } from '../../formats/cell-format.ts';
import {
  allocateCells,
  filledRows,
  noCell,
  type PackedCells,
  type SpacedCells,
} from '../../model/cells/packed-cells.ts';
import { freeBatch } from '../../model/cells/plain-batch.ts';
import { packedReplacements, type RowBatch } from '../../model/cells/row-batch.ts';
import type { CellOutcome } from './cell-outcome.ts';
import type { ColumnWork } from './column-work.ts';
import { createNestedCount, pickPlaintexts, refuseDifference } from './plaintexts.ts';
import type { RotatedColumn } from './rotating-column.ts';
import type { TranscodedBatch } from './transcoded-batch.ts';

/** Takes a packed batch from one key to the other; undefined where it has to be unpacked and looked at cell by cell. */
export type PackedRotation = (batch: RowBatch) => TranscodedBatch | undefined;

/** One column of a packed batch, all of whose cells opened under one and the same key. */
interface RotatedCells {
  readonly cells: SpacedCells;
  readonly outcomes: readonly CellOutcome[];
  readonly nested: number;
}

/**
 * Makes the rotation of batches that stay packed. It is for the usual batch alone: every cell of a column opens under the
 * same key, and nothing but the cells themselves depends on them.
 */
export function createPackedRotation(columns: readonly ColumnWork[]): PackedRotation {
  const rotations = columns.map(createColumnRotation);
  return (batch) => {
    const rotated: RotatedCells[] = [];
    for (const [index, rotate] of rotations.entries()) {
      const cells = batch.packed?.[index];
      const column = cells && rotate?.(cells);
      if (column === undefined) return undefined;
      rotated.push(column);
    }
    return {
      replacements: packedReplacements(
        batch,
        rotated.map(({ cells }) => cells),
      ),
      outcomes: rotated.map(({ outcomes }) => outcomes),
      nested: rotated.reduce((sum, { nested }) => sum + nested, 0),
    };
  };
}

type ColumnRotation = (cells: PackedCells) => RotatedCells | undefined;

/** Undefined for columns that something else depends on, or whose formats know no packed cells. */
function createColumnRotation(column: ColumnWork): ColumnRotation | undefined {
  if (column.kind !== 'rotate' || (column.indexes ?? []).length > 0) return undefined;
  const { old, new: fresh } = column;
  const [underOld, underNew] = [old.cipher.packed, fresh.cipher.packed];
  if (underOld === undefined || underNew === undefined || old.cipher === fresh.cipher) return undefined;
  const countNested = createNestedCount([...new Set([old.format, fresh.format])]);
  // The key that opened the last batch is tried first.
  let likely: 'old' | 'new' = 'old';
  return (cells) => {
    const filled = filledRows(cells.lengths).length;
    for (const key of likely === 'old' ? (['old', 'new'] as const) : (['new', 'old'] as const)) {
      const opened = (key === 'old' ? underOld : underNew).open(cells);
      const count = countOpened(opened);
      if (count < filled && count > 0) return undefined;
      if (count < filled) continue;
      likely = key;
      const isOld = key === 'old' && filled > 0;
      const rotated = {
        cells: isOld ? reseal(column, { opened, cells, cipher: underNew }) : nothingNew(cells),
        outcomes: outcomesOf(cells, key === 'old' ? 'rewritten' : 'already'),
        nested: countNested(opened),
      };
      freeBatch(opened);
      return rotated;
    }
    return undefined;
  };
}

function countOpened({ outcomes }: OpenedBatch): number {
  return outcomes.reduce((count, outcome) => (outcome === 'opened' ? count + 1 : count), 0);
}

interface OpenedCells {
  readonly opened: OpenedBatch;
  readonly cells: PackedCells;
  readonly cipher: PackedCipher;
}

/** Seals, and opens what was sealed again to compare, before anything is written. */
function reseal(
  { timestamps, new: { format } }: RotatedColumn,
  { opened, cells, cipher }: OpenedCells,
): SpacedCells {
  const everyCell = Array.from(opened.outcomes.keys());
  const plaintexts = pickPlaintexts(opened, everyCell, timestamps);
  const sealed = cipher.seal(plaintexts, cells);
  const reopened = cipher.open(sealed);
  refuseDifference(plaintexts, reopened, format);
  freeBatch(reopened);
  return sealed;
}

function nothingNew({ cellClass, lengths }: PackedCells): SpacedCells {
  return allocateCells(cellClass, new Int32Array(lengths.length).fill(noCell));
}

function outcomesOf({ lengths }: PackedCells, ofFilled: 'rewritten' | 'already'): readonly CellOutcome[] {
  return Array.from(lengths, (length) => {
    if (length > 0) return ofFilled;
    return length === noCell ? 'null' : 'empty';
  });
}

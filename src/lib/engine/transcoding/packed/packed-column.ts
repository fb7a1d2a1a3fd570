import type { CellCipher, OpenedBatch } from '../../../formats/cell-format.ts';
import { keysOfRows, type CanonicalKeys } from '../../../model/cells/cell-places.ts';
import {
  allocateCells,
  filledRows,
  noCell,
  unpackRows,
  type PackedCells,
  type SpacedCells,
} from '../../../model/cells/packed-cells.ts';
import type { PlaintextState } from '../../../model/columns/column-state.ts';
import type { CellOutcome } from '../cell-outcome.ts';
import type { ColumnCells } from '../column-transcoder.ts';
import type { LookalikeTest } from '../columns/lookalikes.ts';

/**
 * Takes a column of a packed batch from one state to the other; undefined where it has to be unpacked and looked at value by
 * value.
 */
export type PackedColumn = (
  cells: PackedCells,
  canonicalKeys: CanonicalKeys | undefined,
) => TranscodedCells | undefined;

/** One column of a packed batch that stays packed. */
export interface TranscodedCells {
  readonly cells: SpacedCells;
  readonly outcomes: readonly CellOutcome[];
  readonly nested: number;
}

/** Tells whether every row of a column that holds something has opened. */
export function areAllOpened({ outcomes }: OpenedBatch): boolean {
  return outcomes.every((outcome) => outcome === 'opened');
}

/** The rows that hold something. */
export function listFilledRows({ lengths }: PackedCells): readonly number[] {
  return Array.from(filledRows(lengths));
}

/** The values of some rows, unpacked, and what names those rows. */
export function valuesAt(
  cells: PackedCells,
  rows: readonly number[],
  canonicalKeys: CanonicalKeys | undefined,
): ColumnCells {
  return { values: unpackRows(cells, rows), canonicalKeys: keysOfRows(canonicalKeys, rows) };
}

/** In which state a column is plaintext, and what looks like none there. */
interface Plainness {
  readonly looksSealed: LookalikeTest;
  readonly from?: PlaintextState;
  readonly to?: PlaintextState;
}

/** A larger part of a batch that may be cells is taken for cells; a smaller one is looked at value by value. */
export const mostDoubts = 0.1;

/**
 * Makes the question whether the value of a row may be a cell, as far as a glance tells. Undefined where a glance tells nothing of the
 * cipher's format.
 */
export function createDoubt(
  { looksSealed, from, to }: Plainness,
  { packed }: CellCipher,
): ((cells: PackedCells, row: number) => boolean) | undefined {
  const mayBeCell = packed?.mayBeCell?.bind(packed);
  if (mayBeCell === undefined) return undefined;
  const isWary = (from ?? to)?.lookalikes === 'quarantine';
  return ({ bytes, starts, lengths }, row) => {
    const [start, length] = [starts[row] ?? 0, lengths[row] ?? noCell];
    return mayBeCell(bytes, start, length) || (isWary && looksSealed.mayBeCell(length, bytes[start] ?? 0));
  };
}

/** A column in which every row that holds something has come to the same. */
export function allAlike(
  { lengths }: PackedCells,
  cells: SpacedCells,
  ofFilled: 'rewritten' | 'already',
): TranscodedCells {
  const outcomes = Array.from(lengths, (length) => {
    if (length > 0) return ofFilled;
    return length === noCell ? 'null' : 'empty';
  });
  return { cells, outcomes, nested: 0 };
}

/** No new cell in any row. */
export function nothingNew({ cellClass, lengths }: PackedCells): SpacedCells {
  return allocateCells(cellClass, new Int32Array(lengths.length).fill(noCell));
}

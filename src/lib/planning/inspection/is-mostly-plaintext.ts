import { closedCells, type CensusCounts } from '../../model/columns/column-census.ts';

/** So many values that are no cell stand beside each cell of a column that is not meant to be encrypted. */
const plaintextsPerCell = 10;

/** Tells whether the cells of a column are strays among plaintext, e.g. a token that was pasted into a note. */
export function isMostlyPlaintext(cells: CensusCounts): boolean {
  const encrypted = cells.old + cells.new + closedCells(cells);
  return encrypted > 0 && cells.plaintext >= plaintextsPerCell * encrypted;
}

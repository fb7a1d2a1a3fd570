import {
  placesOfRows,
  type CanonicalKeys,
  type CellPlaces,
  type ColumnPlace,
} from '../../model/cells/cell-places.ts';
import type { CellValue } from '../../model/cells/stored-value.ts';

/** Cells of one column that are kept to measure with, and where they stand. */
export interface SampledCells {
  readonly cells: readonly CellValue[];
  readonly places: CellPlaces;
}

/** Cells that are kept of one column at most. */
const mostCells = 64;
/** Characters of cells that are kept: a table of huge ones must not fill the memory. The first is kept whatever its size. */
const mostCharacters = 1024 * 1024;

/** No cell of a column yet. */
export function noCellsOf(place: ColumnPlace): SampledCells {
  return { cells: [], places: place };
}

/** Cells of a batch, to be added to those that are kept. */
export interface FoundCells {
  readonly cells: readonly CellValue[];
  readonly rows: readonly number[];
  readonly canonicalKeys: CanonicalKeys | undefined;
}

/** Adds cells as long as there is room for them. */
export function keepSome(kept: SampledCells, { cells, rows, canonicalKeys }: FoundCells): SampledCells {
  let characters = kept.cells.reduce((sum, cell) => sum + cell.length, 0);
  const indexes = cells.flatMap((cell, index) => {
    characters += cell.length;
    const isFirst = kept.cells.length === 0 && index === 0;
    return isFirst || characters <= mostCharacters ? [index] : [];
  });
  const chosen = indexes.slice(0, mostCells - kept.cells.length);
  if (chosen.length === 0) return kept;
  const chosenRows = chosen.map((index) => rows[index] ?? 0);
  const { rows: keys } = placesOfRows(kept.places, canonicalKeys, chosenRows);
  const before = kept.places.rows;
  return {
    cells: [...kept.cells, ...chosen.flatMap((index) => cells[index] ?? [])],
    places: {
      ...kept.places,
      rows: typeof keys === 'object' && typeof before === 'object' ? [...before, ...keys] : keys,
    },
  };
}

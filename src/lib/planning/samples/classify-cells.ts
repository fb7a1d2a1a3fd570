import type { OpenedBatch } from '../../formats/cell-format.ts';
import { placesOfRows } from '../../model/cells/cell-places.ts';
import { isCellValue, type CellValue, type StoredValue } from '../../model/cells/stored-value.ts';
import { emptyCensus, type CensusCounts } from '../../model/columns/column-census.ts';
import type { CensusCiphers } from '../rotation-ciphers.ts';
import type { PlacedValues } from '../tables/placed-values.ts';

/** What the cells of one column in one batch are. */
export interface ClassifiedCells {
  readonly counts: CensusCounts;
  /** What each key made of the cells it was tried on, new key first. */
  readonly trials: readonly Trial[];
}

/** `opened.outcomes[i]` is what the key made of the value in row `rows[i]`, `cells[i]`. */
export interface Trial {
  readonly key: 'old' | 'new';
  readonly rows: readonly number[];
  readonly cells: readonly CellValue[];
  readonly opened: OpenedBatch;
}

type Counters = { -readonly [Kind in keyof CensusCounts]: number };

/** Tries both keys on every cell and counts each cell once; a number is plaintext. */
export function classifyCells(
  { values, place, canonicalKeys }: PlacedValues,
  ciphers: CensusCiphers,
): ClassifiedCells {
  const counts: Counters = { ...emptyCensus };
  const trials: Trial[] = [];
  const shaped = new Map<number, 'unknown' | 'displaced'>();
  let closed = separateCells(values, counts);
  for (const key of trialOrder(ciphers)) {
    const { format, cipher } = ciphers[key];
    if (closed.length === 0) break;
    const cells = closed.map((row) => values[row] as CellValue);
    if (cipher === null) {
      closed.forEach((row, index) => {
        if (format.recognises(cells[index] ?? '') && !shaped.has(row)) shaped.set(row, 'unknown');
      });
      continue;
    }
    const opened = cipher.openBatch(cells, placesOfRows(place, canonicalKeys, closed));
    const trial: Trial = { key, rows: closed, cells, opened };
    closed = countTrial(trial, counts, shaped);
    trials.push(trial);
  }
  for (const row of closed) counts[shaped.get(row) ?? 'plaintext'] += 1;
  return { counts, trials };
}

/** The new key first, unless its format lets a wrong key seem right: then what the old one proves must not come to it. */
function trialOrder(ciphers: CensusCiphers): readonly ('old' | 'new')[] {
  return ciphers.new.format.integrity === 'none' ? ['old', 'new'] : ['new', 'old'];
}

/** Counts a column of which no value looks like a cell: nothing is tried. */
export function countPlaintext(values: readonly StoredValue[]): CensusCounts {
  const counts: Counters = { ...emptyCensus };
  const texts = separateCells(values, counts);
  return { ...counts, plaintext: counts.plaintext + texts.length };
}

/** Counts what cannot be a cell and returns the rows of the rest. */
function separateCells(values: readonly StoredValue[], counts: Counters): readonly number[] {
  const rows: number[] = [];
  values.forEach((value, row) => {
    if (isCellValue(value)) rows.push(row);
    else if (value === null) counts.null += 1;
    else if (typeof value === 'number' || typeof value === 'bigint') counts.plaintext += 1;
    else counts.empty += 1;
  });
  return rows;
}

/** Counts what the key opened, notes what has the shape of its format, and returns the rows that stay closed. */
function countTrial(
  { key, rows, opened }: Trial,
  counts: Counters,
  shaped: Map<number, 'unknown' | 'displaced'>,
): readonly number[] {
  return rows.filter((row, index) => {
    const outcome = opened.outcomes[index];
    if (outcome === 'opened') counts[key] += 1;
    if (outcome === 'displaced') shaped.set(row, 'displaced');
    else if (outcome === 'rejected' && !shaped.has(row)) shaped.set(row, 'unknown');
    return outcome !== 'opened';
  });
}

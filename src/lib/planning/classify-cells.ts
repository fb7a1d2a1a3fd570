import type { OpenedBatch } from '../formats/cell-format.ts';
import { emptyCensus, type CensusCounts } from '../model/column-census.ts';
import { isCellValue, type CellValue, type StoredValue } from '../model/stored-value.ts';
import type { CensusCiphers } from './rotation-ciphers.ts';

/** What the cells of one column in one batch are. */
export interface ClassifiedCells {
  readonly counts: CensusCounts;
  /** What each key made of the cells it was tried on, new key first. */
  readonly trials: readonly Trial[];
}

/** `opened.outcomes[i]` is what the key made of `cells[i]`. */
export interface Trial {
  readonly key: 'old' | 'new';
  readonly cells: readonly CellValue[];
  readonly opened: OpenedBatch;
}

type Counters = { -readonly [Kind in keyof CensusCounts]: number };

/** Tries both keys on every cell and counts each cell once; a number is plaintext. */
export function classifyCells(values: readonly StoredValue[], ciphers: CensusCiphers): ClassifiedCells {
  const counts: Counters = { ...emptyCensus };
  const trials: Trial[] = [];
  let closed = separateCells(values, counts);
  for (const key of ['new', 'old'] as const) {
    const cipher = ciphers[key];
    if (cipher === null || closed.length === 0) continue;
    const trial: Trial = { key, cells: closed, opened: cipher.openBatch(closed) };
    closed = countTrial(trial, counts);
    trials.push(trial);
  }
  counts.unknown += closed.length;
  return { counts, trials };
}

/** Counts a column of which no value looks like a cell: nothing is tried. */
export function countPlaintext(values: readonly StoredValue[]): CensusCounts {
  const counts: Counters = { ...emptyCensus };
  const texts = separateCells(values, counts);
  return { ...counts, plaintext: counts.plaintext + texts.length };
}

/** Counts what cannot be a cell and returns the rest. */
function separateCells(values: readonly StoredValue[], counts: Counters): readonly CellValue[] {
  const cells: CellValue[] = [];
  for (const value of values) {
    if (isCellValue(value)) cells.push(value);
    else if (value === null) counts.null += 1;
    else if (typeof value === 'number' || typeof value === 'bigint') counts.plaintext += 1;
    else counts.empty += 1;
  }
  return cells;
}

/** Counts what the key opened and what no key of the format can open; returns the rest. */
function countTrial({ key, cells, opened }: Trial, counts: Counters): readonly CellValue[] {
  return cells.filter((_, index) => {
    const outcome = opened.outcomes[index];
    if (outcome === 'opened') counts[key] += 1;
    if (outcome === 'malformed') counts.plaintext += 1;
    return outcome === 'rejected';
  });
}

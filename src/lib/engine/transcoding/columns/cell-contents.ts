import type { OpenedBatch } from '../../../formats/cell-format.ts';
import type { IndexedContent } from '../../../indexes/blind-index.ts';
import type { StoredValue } from '../../../model/cells/stored-value.ts';
import { encodePlaintext } from '../../../model/cells/typed-plaintexts.ts';

/** Cells that a key was tried on: `batch` tells of the cells in `rows`, in their order. */
export interface TriedCells {
  readonly batch: OpenedBatch;
  readonly rows: readonly number[];
}

/** What a value is as the bytes that a cell of it holds. */
export function contentOfValue(value: StoredValue): IndexedContent {
  return value === null ? null : encodePlaintext(value);
}

/** What each cell holds that opened, by its row; undefined for the others. */
export function contentsByRow({ batch, rows }: TriedCells): ReadonlyMap<number, Uint8Array> {
  const contents = new Map<number, Uint8Array>();
  rows.forEach((row, index) => {
    if (batch.outcomes[index] !== 'opened') return;
    contents.set(row, batch.bytes.subarray(batch.starts[index], batch.ends[index]));
  });
  return contents;
}

/** What the cells of a column hold, as far as one of the trials has opened them. */
export function contentsOfTrials(
  values: readonly StoredValue[],
  trials: readonly TriedCells[],
): readonly IndexedContent[] {
  const opened = trials.map(contentsByRow);
  return values.map((value, row) => {
    const found = opened.find((contents) => contents.has(row))?.get(row);
    if (found !== undefined) return found;
    return value === null || hasNoContent(value) ? contentOfValue(value) : undefined;
  });
}

function hasNoContent(value: Exclude<StoredValue, null>): boolean {
  return (typeof value === 'string' || typeof value === 'object') && value.length === 0;
}

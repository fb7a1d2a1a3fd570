import type { BlindIndex, IndexedContent } from '../../../indexes/blind-index.ts';
import type { RowBatch } from '../../../model/cells/row-batch.ts';
import type { ColumnValue } from '../../../model/cells/stored-value.ts';
import type { CellOutcome } from '../cell-outcome.ts';
import type { BesideColumn, TranscodedColumn } from '../column-transcoder.ts';

/** A column of the batch that takes the blind index of what another one's cells hold. */
export interface IndexedColumn {
  /** Where in the batch it stands. */
  readonly place: number;
  readonly index: BlindIndex;
}

/**
 * Writes the indexes of a column's cells in the update that writes the cells, and wherever they do not fit what a cell holds:
 * whoever wrote that cell did not write its index. A cell whose content is not known keeps what stands beside it.
 */
export function alsoIndexing(
  indexes: readonly IndexedColumn[],
  transcode: (batch: RowBatch) => TranscodedColumn,
): (batch: RowBatch) => TranscodedColumn {
  if (indexes.length === 0) return transcode;
  return (batch) => {
    const done = transcode(batch);
    const contents = done.contents?.() ?? [];
    const beside = indexes.map((index) => reindex(index, batch, contents));
    return {
      ...done,
      beside: [...(done.beside ?? []), ...beside],
      outcomes: done.outcomes.map((outcome, row) => outcomeWith(outcome, beside, row)),
    };
  };
}

/** Where the column was not read there is nothing to write either. */
function reindex(
  { place, index }: IndexedColumn,
  { columns }: RowBatch,
  contents: readonly IndexedContent[],
): BesideColumn {
  const standing = columns[place] ?? [];
  const wanted = standing.length === contents.length ? index.compute(contents) : [];
  const replacements = standing.map((value, row) => {
    const fresh = wanted[row];
    return fresh === undefined || isSame(value, fresh) ? undefined : fresh;
  });
  return { column: place, replacements };
}

function isSame(standing: ColumnValue, wanted: Uint8Array | null): boolean {
  if (wanted === null || standing === null) return standing === wanted;
  return standing instanceof Uint8Array && Buffer.compare(standing, wanted) === 0;
}

function outcomeWith(outcome: CellOutcome, beside: readonly BesideColumn[], row: number): CellOutcome {
  return beside.some(({ replacements }) => replacements[row] !== undefined) ? 'rewritten' : outcome;
}

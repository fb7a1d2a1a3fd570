import type { ColumnPlace } from '../../model/cells/cell-places.ts';
import type { RowBatch } from '../../model/cells/row-batch.ts';
import type { CensusCounts } from '../../model/columns/column-census.ts';
import type { CensusCiphers } from '../rotation-ciphers.ts';
import { placedValues } from '../tables/placed-values.ts';
import { classifyCells } from './classify-cells.ts';

/** The cells of a batch and what they may be bound to; how its rows are addressed is left out. */
export interface PlacedBatch extends Pick<RowBatch, 'columns' | 'canonicalKeys'> {
  readonly places: readonly ColumnPlace[];
}

/** Counts what the cells of a batch are, column by column; several batches may be given before the first is done. */
export type BatchCounter = (batch: PlacedBatch) => Promise<readonly CensusCounts[]>;

/** The same on this thread. */
export function countBatch(
  { places, ...batch }: PlacedBatch,
  ciphers: CensusCiphers,
): readonly CensusCounts[] {
  return places.map((place, index) => classifyCells(placedValues(batch, index, place), ciphers).counts);
}

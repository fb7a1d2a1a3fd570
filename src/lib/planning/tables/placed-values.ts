import { keysOfValues, type CanonicalKeys, type ColumnPlace } from '../../model/cells/cell-places.ts';
import type { RowBatch } from '../../model/cells/row-batch.ts';
import { separateValues, type StoredValue } from '../../model/cells/stored-value.ts';

/** The values of one column in one batch, those of compound ones one by one, and where they stand. */
export interface PlacedValues {
  readonly values: readonly StoredValue[];
  readonly place: ColumnPlace;
  readonly canonicalKeys: CanonicalKeys | undefined;
}

/** The values of a batch's column, by its index, and where they stand. */
export function placedValues(
  { columns, canonicalKeys }: Pick<RowBatch, 'columns' | 'canonicalKeys'>,
  index: number,
  place: ColumnPlace,
): PlacedValues {
  const values = columns[index] ?? [];
  return { values: separateValues(values), place, canonicalKeys: keysOfValues(values, canonicalKeys) };
}

import { packedReplacements, type RowBatch } from '../../../model/cells/row-batch.ts';
import type { ColumnWork } from '../column-work.ts';
import type { TranscodedBatch } from '../transcoded-batch.ts';
import type { PackedColumn, TranscodedCells } from './packed-column.ts';
import { createPackedDecryption } from './packed-decryption.ts';
import { createPackedEncryption } from './packed-encryption.ts';
import { createPackedRotation } from './packed-rotation.ts';

/** Transcodes a packed batch; undefined where it has to be unpacked and looked at value by value. */
type PackedTranscoder = (batch: RowBatch) => TranscodedBatch | undefined;

/**
 * Makes what transcodes batches that stay packed. It is for the usual batch alone: all values of a column come to the same, and
 * nothing but the cells themselves depends on them.
 */
export function createPackedTranscoder(columns: readonly ColumnWork[]): PackedTranscoder {
  const transcodeColumns = columns.map(createPackedColumn);
  return (batch) => {
    const transcoded: TranscodedCells[] = [];
    for (const [index, transcode] of transcodeColumns.entries()) {
      const cells = batch.packed?.[index];
      const column = cells && transcode?.(cells, batch.canonicalKeys);
      if (column === undefined) return undefined;
      transcoded.push(column);
    }
    return {
      replacements: packedReplacements(
        batch,
        transcoded.map(({ cells }) => cells),
      ),
      outcomes: transcoded.map(({ outcomes }) => outcomes),
      nested: transcoded.reduce((sum, { nested }) => sum + nested, 0),
    };
  };
}

/** Undefined for columns that something else depends on, or whose formats know no packed cells. */
function createPackedColumn(column: ColumnWork): PackedColumn | undefined {
  if ((column.indexes ?? []).length > 0) return undefined;
  switch (column.kind) {
    case 'rotate':
      return createPackedRotation(column);
    case 'encrypt':
      return createPackedEncryption(column);
    case 'decrypt':
      return createPackedDecryption(column);
    case 'copy':
      return undefined;
  }
}

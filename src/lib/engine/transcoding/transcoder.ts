import type { CellReplacements, RowBatch } from '../../model/cells/row-batch.ts';
import type { ColumnTranscoder, TranscodedColumn } from './column-transcoder.ts';
import type { ColumnWork } from './column-work.ts';
import { createCopyingColumn } from './columns/copying-column.ts';
import { createDecryptingColumn } from './columns/decrypting-column.ts';
import { createEncryptingColumn } from './columns/encrypting-column.ts';
import { alsoIndexing } from './columns/indexed-column.ts';
import { overParts } from './columns/over-parts.ts';
import { createRotatingColumn } from './columns/rotating-column.ts';
import { createPackedTranscoder } from './packed/packed-transcoder.ts';
import type { TranscodedBatch } from './transcoded-batch.ts';

/** Takes cells from one state of their column to the other. Touches no database and keeps no cell. */
export interface Transcoder {
  /** How many batches it works on at a time; more than one where it has threads of its own. */
  readonly lookahead: number;
  transcode(batch: RowBatch): Promise<TranscodedBatch>;
  /** The same on this thread, for the few rows that are read again while a transaction holds its lock. */
  transcodeAtOnce(batch: RowBatch): TranscodedBatch;
}

/** The plain transcoder: every column of a batch on this thread. */
export function createTranscoder(columns: readonly ColumnWork[]): Transcoder {
  const transcodePacked = createPackedTranscoder(columns);
  const transcodeColumns = columns.map((column, index) => createColumnTranscoder(column, index));
  const transcodeAtOnce = (batch: RowBatch): TranscodedBatch => {
    const transcoded = transcodePacked(batch);
    if (transcoded !== undefined) return transcoded;
    const done = transcodeColumns.map((transcode) => transcode(batch));
    return {
      replacements: joinColumns(batch, done),
      outcomes: done.map((column) => column.outcomes),
      nested: done.reduce((sum, column) => sum + column.nested, 0),
    };
  };
  return {
    lookahead: 1,
    transcodeAtOnce,
    transcode: (batch) => Promise.resolve().then(() => transcodeAtOnce(batch)),
  };
}

/** `index`: the place of the planned column in the batch. */
function createColumnTranscoder(column: ColumnWork, index: number): (batch: RowBatch) => TranscodedColumn {
  const alone = (transcode: ColumnTranscoder): ((batch: RowBatch) => TranscodedColumn) => {
    const transcodeAll = overParts(transcode);
    return alsoIndexing(column.indexes ?? [], ({ columns, canonicalKeys }) =>
      transcodeAll(columns[index] ?? [], canonicalKeys),
    );
  };
  switch (column.kind) {
    case 'rotate':
      return alone(createRotatingColumn(column));
    case 'encrypt':
      return alone(createEncryptingColumn(column));
    case 'decrypt':
      return alone(createDecryptingColumn(column));
    case 'copy':
      return alsoIndexing(column.indexes ?? [], createCopyingColumn(column));
  }
}

/** The planned columns come first; whatever was made from one of them is written only where it still is what was read. */
function joinColumns(batch: RowBatch, done: readonly TranscodedColumn[]): CellReplacements {
  const columns = done.map(({ replacements }) => replacements);
  const compared: number[] = [];
  done.forEach(({ beside = [] }, source) => {
    for (const { column, replacements } of beside) columns[column] = replacements;
    if (beside.length > 0) compared.push(source, ...beside.map(({ column }) => column));
  });
  return compared.length === 0 ? { batch, columns } : { batch, columns, compared };
}

import type { TargetTransaction } from '../../databases/target-database.ts';
import type { TargetTable } from '../../databases/target-table.ts';
import { addCounts } from '../../model/cells/cell-counts.ts';
import { tallyBatch, type BatchTally } from '../transcoding/tally-batch.ts';
import type { TranscodedBatch } from '../transcoding/transcoded-batch.ts';
import type { Transcoder } from '../transcoding/transcoder.ts';
import type { UndoKeeper } from '../undo-keeper.ts';

/** A table with what turns its cells into new ones. */
export interface TranscodedTable {
  readonly table: TargetTable;
  readonly transcoder: Transcoder;
  readonly undo: UndoKeeper;
}

/**
 * Writes the new cells of a batch. Rows that changed since they were read are read again under the transaction's
 * lock and written then; one that changes even so is counted as deferred and left to the next sweep.
 */
export async function settleBatch(
  transaction: TargetTransaction,
  { table, transcoder, undo }: TranscodedTable,
  transcoded: TranscodedBatch,
): Promise<BatchTally> {
  const outcome = await transaction.replaceCells(table, transcoded.replacements);
  await undo.keep(transaction.ledger, transcoded.replacements, outcome.written);
  const settled = tallyBatch({ columns: table.columns, transcoded, outcome, changedRows: 'skipped' });
  if (outcome.changed.length === 0) return settled;
  const keys = outcome.changed.flatMap((row) => transcoded.replacements.batch.keys[row] ?? []);
  const read = transcoder.transcodeAtOnce(await transaction.readRows(table, keys));
  const again = await undo.restore(transaction.ledger, read);
  const outcomeAgain = await transaction.replaceCells(table, again.replacements);
  await undo.keep(transaction.ledger, again.replacements, outcomeAgain.written);
  const settledAgain = tallyBatch({
    columns: table.columns,
    transcoded: again,
    outcome: outcomeAgain,
    changedRows: 'deferred',
  });
  return {
    counts: addCounts(settled.counts, settledAgain.counts),
    issues: [...settled.issues, ...settledAgain.issues],
  };
}

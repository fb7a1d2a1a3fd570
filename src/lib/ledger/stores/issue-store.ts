import type { Kysely } from 'kysely';
import type { CellCounts } from '../../model/cells/cell-counts.ts';
import { renderRowKey } from '../../model/cells/row-batch.ts';
import type { CompletedChunk } from '../../model/runs/chunk.ts';
import { databaseNow } from '../clock.ts';
import type { SettledIssues } from '../pass.ts';
import type { LedgerTables } from '../schema/tables.ts';

/** Counts as the columns of a chunk. */
export function countColumns(counts: CellCounts) {
  return {
    rewritten: counts.rewritten,
    already: counts.already,
    null_cells: counts.null,
    empty_cells: counts.empty,
    quarantined: counts.quarantined,
    left_cells: counts.left,
    deferred: counts.deferred,
  };
}

/** Writes what a chunk found, or found again; see LedgerWriter.completeChunk. */
export async function recordIssues(
  ledger: Kysely<LedgerTables>,
  completed: CompletedChunk,
  pass: number,
): Promise<void> {
  for (const issue of completed.issues) {
    await ledger
      .insertInto('keyturn_cell_issue')
      .values({
        target_id: completed.chunk.targetId,
        row_key: renderRowKey(issue.rowKey),
        column_name: issue.column,
        reason: issue.reason,
        pass,
        first_at: databaseNow,
      })
      .onConflict((conflict) =>
        conflict.columns(['target_id', 'row_key', 'column_name']).doUpdateSet({ reason: issue.reason, pass }),
      )
      .execute();
  }
}

/** Passes count from 1: an issue of pass 0 is none any more. */
const noPass = 0;

/** Takes issues that are none any more off the list; see LedgerWriter. */
export async function settleIssues(
  ledger: Kysely<LedgerTables>,
  { targetId, workerId, issues, counts }: SettledIssues,
): Promise<void> {
  for (const { rowKey, column, reason } of issues) {
    await ledger
      .updateTable('keyturn_cell_issue')
      .set(reason === null ? { pass: noPass } : { reason })
      .where('target_id', '=', targetId)
      .where('row_key', '=', rowKey)
      .where('column_name', '=', column)
      .execute();
  }
  await ledger
    .deleteFrom('keyturn_cell_issue')
    .where('target_id', '=', targetId)
    .where('pass', '=', noPass)
    .execute();
  await correctLastPass(ledger, { targetId, workerId, issues, counts });
}

/** A chunk of no rows, whose counts are what the last pass's counts change by. */
async function correctLastPass(
  ledger: Kysely<LedgerTables>,
  { targetId, workerId, issues, counts }: SettledIssues,
): Promise<void> {
  const { pass } = await ledger
    .selectFrom('keyturn_target')
    .select('pass')
    .where('id', '=', targetId)
    .executeTakeFirstOrThrow();
  await ledger
    .insertInto('keyturn_chunk')
    .values({
      target_id: targetId,
      pass,
      after_key: null,
      up_to_key: issues.at(-1)?.rowKey ?? '',
      state: 'done',
      worker_id: workerId,
      claim_token: 1,
      attempts: 1,
      ...countColumns(counts),
      done_at: databaseNow,
    })
    .execute();
}

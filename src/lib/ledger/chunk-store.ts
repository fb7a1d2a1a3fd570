import { sql, type Kysely } from 'kysely';
import type { ClaimedChunk, CompletedChunk } from '../model/chunk.ts';
import { parseRowKey, renderRowKey, type KeyRange, type RowKey } from '../model/row-batch.ts';
import { databaseNow } from './clock.ts';
import { countColumns, recordIssues } from './issue-store.ts';
import { takenOver } from './run-store.ts';
import type { Claimant } from './ledger.ts';
import type { LedgerTables } from './tables.ts';

/** Starts the next pass over a target; see LedgerWriter. */
export async function beginPass(
  ledger: Kysely<LedgerTables>,
  targetId: number,
  layoutVersion: string,
): Promise<number> {
  const { pass } = await ledger
    .updateTable('keyturn_target')
    .set({ pass: sql`pass + 1`, pass_state: 'walking', frontier: null, layout_version: layoutVersion })
    .where('id', '=', targetId)
    .returning('pass')
    .executeTakeFirstOrThrow();
  return pass;
}

/** The key behind which the next chunk begins. */
export async function readFrontier(ledger: Kysely<LedgerTables>, targetId: number): Promise<RowKey | null> {
  const { frontier } = await ledger
    .selectFrom('keyturn_target')
    .select('frontier')
    .where('id', '=', targetId)
    .executeTakeFirstOrThrow();
  return frontier === null ? null : parseRowKey(frontier);
}

/** Ends a pass; see LedgerWriter. */
export async function finishPass(ledger: Kysely<LedgerTables>, targetId: number): Promise<void> {
  const { pass } = await ledger
    .updateTable('keyturn_target')
    .set({ pass_state: 'done' })
    .where('id', '=', targetId)
    .returning('pass')
    .executeTakeFirstOrThrow();
  await ledger
    .deleteFrom('keyturn_cell_issue')
    .where('target_id', '=', targetId)
    .where('pass', '<', pass)
    .execute();
}

export async function noteLayout(
  ledger: Kysely<LedgerTables>,
  targetId: number,
  layoutVersion: string,
): Promise<void> {
  await ledger
    .updateTable('keyturn_target')
    .set({ layout_version: layoutVersion })
    .where('id', '=', targetId)
    .execute();
}

/** Takes up a chunk of the current pass whose run is gone. */
export async function reclaimChunk(
  ledger: Kysely<LedgerTables>,
  { targetId, workerId }: Claimant,
): Promise<ClaimedChunk | undefined> {
  const left = await ledger
    .selectFrom('keyturn_chunk as chunk')
    .innerJoin('keyturn_target as target', 'target.id', 'chunk.target_id')
    .innerJoin('keyturn_worker as worker', 'worker.id', 'chunk.worker_id')
    .select(['chunk.id', 'chunk.after_key', 'chunk.up_to_key', 'chunk.claim_token'])
    .where('chunk.target_id', '=', targetId)
    .where('chunk.state', '=', sql.lit('claimed'))
    .whereRef('chunk.pass', '=', 'target.pass')
    .where('worker.state', '!=', 'running')
    .orderBy('chunk.id')
    .limit(1)
    .executeTakeFirst();
  if (!left) return undefined;
  const claimToken = left.claim_token + 1;
  await ledger
    .updateTable('keyturn_chunk')
    .set({ worker_id: workerId, claim_token: claimToken, attempts: sql`attempts + 1` })
    .where('id', '=', left.id)
    .execute();
  const range = {
    after: left.after_key === null ? null : parseRowKey(left.after_key),
    upTo: parseRowKey(left.up_to_key),
  };
  return { id: left.id, targetId, range, claimToken };
}

/** Claims the range behind the frontier and moves the frontier to its end. */
export async function claimRange(
  ledger: Kysely<LedgerTables>,
  { targetId, workerId }: Claimant,
  range: KeyRange,
): Promise<ClaimedChunk> {
  const { pass } = await ledger
    .updateTable('keyturn_target')
    .set({ frontier: renderRowKey(range.upTo) })
    .where('id', '=', targetId)
    .returning('pass')
    .executeTakeFirstOrThrow();
  const { id } = await ledger
    .insertInto('keyturn_chunk')
    .values({
      target_id: targetId,
      pass,
      after_key: range.after === null ? null : renderRowKey(range.after),
      up_to_key: renderRowKey(range.upTo),
      state: 'claimed',
      worker_id: workerId,
      claim_token: 1,
      attempts: 1,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return { id, targetId, range, claimToken: 1 };
}

/** Marks a chunk done and writes what was found; see LedgerWriter. */
export async function completeChunk(ledger: Kysely<LedgerTables>, completed: CompletedChunk): Promise<void> {
  const { chunk, counts } = completed;
  const done = await ledger
    .updateTable('keyturn_chunk')
    .set({
      state: 'done',
      rows: completed.rows,
      ...countColumns(counts),
      done_at: databaseNow,
    })
    .where('id', '=', chunk.id)
    .where('state', '=', 'claimed')
    .where('claim_token', '=', chunk.claimToken)
    .returning('pass')
    .executeTakeFirst();
  if (!done) throw takenOver();
  await recordIssues(ledger, completed, done.pass);
}

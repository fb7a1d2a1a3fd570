import { sql, type Kysely, type UpdateResult } from 'kysely';
import type { CellCounts } from '../../model/cells/cell-counts.ts';
import { databaseNow } from '../clock.ts';
import type { Claimant } from '../pass.ts';
import type { LedgerTables } from '../schema/tables.ts';
import { countColumns } from './issue-store.ts';
import { prepareStatement } from './prepare-statement.ts';

/** The statements that run with every chunk. */
export type ChunkStatements = ReturnType<typeof prepareChunkStatements>;

/** In place of how often a chunk was claimed: whoever comes first may claim it, although its run lives. */
export const givenBack = 0;

/** A chunk that a run which is gone has left behind. */
interface LeftChunk {
  readonly id: number;
  readonly after_key: string | null;
  readonly up_to_key: string;
  readonly claim_token: number;
}

/** A chunk's new owner, and the token that its old one does not have. */
interface Reclaim {
  readonly id: number;
  readonly workerId: number;
  readonly claimToken: number;
}

/** What of a new chunk is known before it has an id. */
interface NewChunk extends Claimant {
  readonly pass: number;
  readonly afterKey: string | null;
  readonly upToKey: string;
}

/** A chunk's counts, and the claim under which they were made. */
interface DoneChunk extends CellCounts {
  readonly id: number;
  readonly claimToken: number;
  readonly rows: number;
}

/** Prepares the statements over one ledger. */
export function prepareChunkStatements(ledger: Kysely<LedgerTables>) {
  return {
    // An update that changes nothing is the lock that every database knows.
    lockFrontier: prepareStatement<Pick<Claimant, 'targetId'>, { readonly frontier: string | null }>(
      ledger,
      ({ targetId }) =>
        ledger
          .updateTable('keyturn_target')
          .set({ pass: sql`pass` })
          .where('id', '=', targetId)
          .returning('frontier'),
    ),
    moveFrontier: prepareStatement<Pick<NewChunk, 'targetId' | 'upToKey'>, { readonly pass: number }>(
      ledger,
      ({ targetId, upToKey }) =>
        ledger
          .updateTable('keyturn_target')
          .set({ frontier: upToKey })
          .where('id', '=', targetId)
          .returning('pass'),
    ),
    findLeft: prepareStatement<Pick<Claimant, 'targetId'>, LeftChunk>(ledger, ({ targetId }) =>
      selectLeftChunk(ledger, targetId),
    ),
    claimAgain: prepareStatement<Reclaim, UpdateResult>(ledger, ({ id, workerId, claimToken }) =>
      ledger
        .updateTable('keyturn_chunk')
        .set({ worker_id: workerId, claim_token: claimToken, attempts: sql`attempts + 1` })
        .where('id', '=', id),
    ),
    claimNew: prepareStatement<NewChunk, { readonly id: number }>(ledger, (chunk) =>
      insertChunk(ledger, chunk),
    ),
    finish: prepareStatement<DoneChunk, { readonly pass: number }>(ledger, (done) =>
      updateDoneChunk(ledger, done),
    ),
  };
}

function selectLeftChunk(ledger: Kysely<LedgerTables>, targetId: number) {
  return ledger
    .selectFrom('keyturn_chunk as chunk')
    .innerJoin('keyturn_target as target', 'target.id', 'chunk.target_id')
    .innerJoin('keyturn_worker as worker', 'worker.id', 'chunk.worker_id')
    .select(['chunk.id', 'chunk.after_key', 'chunk.up_to_key', 'chunk.claim_token'])
    .where('chunk.target_id', '=', targetId)
    .where('chunk.state', '=', sql.lit('claimed'))
    .whereRef('chunk.pass', '=', 'target.pass')
    .where(sql<boolean>`(worker.state <> 'running' OR chunk.attempts = ${sql.lit(givenBack)})`)
    .orderBy('chunk.id')
    .limit(1);
}

function insertChunk(
  ledger: Kysely<LedgerTables>,
  { targetId, workerId, pass, afterKey, upToKey }: NewChunk,
) {
  return ledger
    .insertInto('keyturn_chunk')
    .values({
      target_id: targetId,
      pass,
      after_key: afterKey,
      up_to_key: upToKey,
      state: 'claimed',
      worker_id: workerId,
      claim_token: 1,
      attempts: 1,
    })
    .returning('id');
}

function updateDoneChunk(ledger: Kysely<LedgerTables>, done: DoneChunk) {
  return ledger
    .updateTable('keyturn_chunk')
    .set({
      state: 'done',
      rows: done.rows,
      ...countColumns(done),
      done_at: databaseNow,
    })
    .where('id', '=', done.id)
    .where('state', '=', 'claimed')
    .where('claim_token', '=', done.claimToken)
    .returning('pass');
}

import { sql, type Kysely } from 'kysely';
import type { Claimant, Pass, PassFinish, PassStart } from '../pass.ts';
import type { LedgerTables } from '../schema/tables.ts';
import { givenBack } from './chunk-statements.ts';

/** Starts the next pass over a target, or joins the one that another run has begun; see LedgerWriter. */
export async function beginPass(
  ledger: Kysely<LedgerTables>,
  { targetId, layoutVersion, after }: PassStart,
): Promise<Pass> {
  const known = await ledger
    .selectFrom('keyturn_target')
    .select(['pass', 'layout_version'])
    .where('id', '=', targetId)
    .executeTakeFirstOrThrow();
  if (after !== undefined && known.pass > after)
    return { number: known.pass, layoutVersion: known.layout_version ?? '' };
  const { pass } = await ledger
    .updateTable('keyturn_target')
    .set({ pass: sql`pass + 1`, pass_state: 'walking', frontier: null, layout_version: layoutVersion })
    .where('id', '=', targetId)
    .returning('pass')
    .executeTakeFirstOrThrow();
  return { number: pass, layoutVersion };
}

/** Ends a pass, if every chunk of it is done; see LedgerWriter. */
export async function finishPass(
  ledger: Kysely<LedgerTables>,
  { targetId, workerId }: Claimant,
): Promise<PassFinish> {
  const claimed = await ledger
    .selectFrom('keyturn_chunk as chunk')
    .innerJoin('keyturn_target as target', 'target.id', 'chunk.target_id')
    .innerJoin('keyturn_worker as worker', 'worker.id', 'chunk.worker_id')
    .select(['worker.state', 'chunk.worker_id'])
    .where('chunk.target_id', '=', targetId)
    .where('chunk.state', '=', sql.lit('claimed'))
    .whereRef('chunk.pass', '=', 'target.pass')
    .execute();
  if (claimed.some(({ worker_id }) => worker_id === workerId)) {
    await giveBackChunks(ledger, { targetId, workerId });
    return 'left behind';
  }
  if (claimed.some(({ state }) => state !== 'running')) return 'left behind';
  if (claimed.length > 0) return 'others at work';
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
  return 'finished';
}

/**
 * Lets chunks be claimed again that their run, which lives, believes to have done: a server that took the place of another
 * one, or came back from its log, has never heard of their commits.
 */
async function giveBackChunks(ledger: Kysely<LedgerTables>, { targetId, workerId }: Claimant): Promise<void> {
  await ledger
    .updateTable('keyturn_chunk')
    .set({ attempts: givenBack })
    .where('target_id', '=', targetId)
    .where('worker_id', '=', workerId)
    .where('state', '=', 'claimed')
    .execute();
}

/** Records the layout under which a pass continues; see LedgerWriter. */
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

/** Remembers what a target's table is by now; see LedgerWriter. */
export async function noteFingerprint(
  ledger: Kysely<LedgerTables>,
  targetId: number,
  fingerprint: string,
): Promise<void> {
  await ledger.updateTable('keyturn_target').set({ fingerprint }).where('id', '=', targetId).execute();
}

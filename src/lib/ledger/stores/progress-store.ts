import { sql, type Kysely } from 'kysely';
import type { Pace, TargetProgress } from '../../model/migrations/migration-record.ts';
import { databaseNow } from '../clock.ts';
import type { LedgerTables } from '../schema/tables.ts';

/** Adds up the chunks that are done, by target and pass. */
export async function readProgress(
  ledger: Kysely<LedgerTables>,
  migrationId: string,
): Promise<readonly TargetProgress[]> {
  const rows = await ledger
    .selectFrom('keyturn_chunk as chunk')
    .innerJoin('keyturn_target as target', 'target.id', 'chunk.target_id')
    .where('target.migration_id', '=', migrationId)
    .where('chunk.state', '=', 'done')
    .groupBy(['chunk.target_id', 'chunk.pass'])
    .orderBy('chunk.target_id')
    .orderBy('chunk.pass')
    .select(({ fn }) => [
      'chunk.target_id',
      'chunk.pass',
      fn.sum<number>('chunk.rows').as('rows'),
      fn.sum<number>('chunk.rewritten').as('rewritten'),
      fn.sum<number>('chunk.already').as('already'),
      fn.sum<number>('chunk.null_cells').as('null'),
      fn.sum<number>('chunk.empty_cells').as('empty'),
      fn.sum<number>('chunk.quarantined').as('quarantined'),
      fn.sum<number>('chunk.left_cells').as('left'),
      fn.sum<number>('chunk.deferred').as('deferred'),
    ])
    .execute();
  return rows.map(({ target_id, pass, rows: rowCount, ...counts }) => ({
    targetId: target_id,
    pass,
    rows: rowCount,
    counts,
  }));
}

/** Adds up the rows of the chunks that are done, by run; see LedgerReader. */
export async function readShares(
  ledger: Kysely<LedgerTables>,
  workerIds: readonly number[],
): Promise<readonly number[]> {
  if (workerIds.length === 0) return [];
  const rows = await ledger
    .selectFrom('keyturn_chunk')
    .where('worker_id', 'in', workerIds)
    .where('state', '=', 'done')
    .groupBy('worker_id')
    .select(({ fn }) => ['worker_id', fn.sum<number>('rows').as('rows')])
    .execute();
  return workerIds.map((id) => rows.find(({ worker_id }) => worker_id === id)?.rows ?? 0);
}

/** How many rows the chunks of the last minute walked, and over how long; see LedgerReader. */
export async function readPace(ledger: Kysely<LedgerTables>, migrationId: string): Promise<Pace> {
  const { rows, since, now } = await ledger
    .selectFrom('keyturn_chunk as chunk')
    .innerJoin('keyturn_target as target', 'target.id', 'chunk.target_id')
    .where('target.migration_id', '=', migrationId)
    .where('chunk.done_at', '>', sql<number>`${databaseNow} - 60000`)
    .select(({ fn }) => [
      fn.sum<number | null>('chunk.rows').as('rows'),
      fn.min<number | null>('chunk.done_at').as('since'),
      databaseNow.as('now'),
    ])
    .executeTakeFirstOrThrow();
  return { rows: rows ?? 0, milliseconds: since === null ? 0 : now - since };
}

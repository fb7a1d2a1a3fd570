import type { RowBatch, RowKey } from '../../../model/cells/row-batch.ts';
import { errorCodeOf, lockNotAvailable } from '../connection/errors.ts';
import type { PostgresSession } from '../connection/session.ts';
import { lockTimeout } from '../transactions/transactions.ts';
import { readRows } from './read-rows.ts';
import type { TableQuery } from './table-query.ts';

/**
 * How long a transaction waits altogether for rows that others have locked, in milliseconds: no longer than a writer
 * may wait for ours, and far less than the second after which the server looks for deadlocks, so that we give way
 * before it has to choose a victim.
 */
const waitMilliseconds = 40;

/** Reads single rows again, locked as far as others let go of them soon; those that are gone are left out. */
export async function readLocked(
  session: PostgresSession,
  query: TableQuery,
  keys: readonly RowKey[],
): Promise<RowBatch> {
  const deadline = performance.now() + waitMilliseconds;
  for (const key of keys) {
    const remaining = Math.floor(deadline - performance.now());
    if (remaining < 1) break;
    await lockWithin(session, query, { key, milliseconds: remaining });
  }
  return readRows(session, query, keys);
}

async function lockWithin(
  session: PostgresSession,
  { addressing, from }: TableQuery,
  { key, milliseconds }: { readonly key: RowKey; readonly milliseconds: number },
): Promise<void> {
  const { sql, values } = addressing.condition('=', key, 1);
  await session.script(`SAVEPOINT keyturn_lock; SET LOCAL lock_timeout = ${milliseconds}`);
  try {
    await session.query({ text: `SELECT ${from} WHERE ${sql} FOR NO KEY UPDATE`, values });
    await session.script(`SET LOCAL lock_timeout = '${lockTimeout}'; RELEASE SAVEPOINT keyturn_lock`);
  } catch (error) {
    if (errorCodeOf(error) !== lockNotAvailable) throw error;
    await session.script('ROLLBACK TO SAVEPOINT keyturn_lock');
  }
}

import { setTimeout as sleep } from 'node:timers/promises';
import type { IndexRecord } from '../../model/blind-index.ts';
import type { Capabilities } from './capabilities.ts';
import { creation, findIndex, placeOfIndex } from './index-columns.ts';
import { createLane, type LaneOptions } from './lane.ts';
import type { PostgresSession } from './session.ts';

/** Where indexes are built, and on what kind of server. */
interface IndexSite extends LaneOptions {
  readonly ledgerSchema: string;
  readonly capabilities: Capabilities;
}

/** How long a build waits for transactions that were there before it, until the run ends and says so. */
const longestWait = '5min';

/** One number for all builds of keyturn in a database: they take turns, and nobody takes one under way for a failed one. */
const buildLock = String(0x6b65797475726en + 1n);
const turnMilliseconds = 200;

/**
 * Builds the indexes that are missing on a connection of its own, outside any transaction, while others read and write. One
 * that a failed build has left behind is dropped, and made again.
 */
export async function buildIndexesConcurrently(
  site: IndexSite,
  indexes: readonly IndexRecord[],
): Promise<void> {
  const lane = createLane(site);
  try {
    for (const index of indexes) await lane.run((session) => buildIndex(session, site, index));
  } finally {
    await lane.close();
  }
}

async function buildIndex(
  session: PostgresSession,
  { ledgerSchema, capabilities }: IndexSite,
  index: IndexRecord,
): Promise<void> {
  const place = await placeOfIndex(session, ledgerSchema, index);
  if ((await findIndex(session, place))?.state === 'valid') return;
  const takesTurns = capabilities.has('advisory locks');
  if (takesTurns) await takeTurn(session);
  try {
    await session.query({ text: `SET lock_timeout = '${longestWait}'` });
    const found = await findIndex(session, place);
    if (found?.state === 'broken') await session.query({ text: `DROP INDEX CONCURRENTLY ${found.sqlName}` });
    if (found?.state !== 'valid') await session.query({ text: creation(index, place, 'CONCURRENTLY') });
  } catch (error) {
    // A unique index that was left half built refuses values all the same.
    const left = await findIndex(session, place).catch(() => undefined);
    if (left?.state === 'broken')
      await session.query({ text: `DROP INDEX CONCURRENTLY ${left.sqlName}` }).catch(() => undefined);
    throw error;
  } finally {
    if (takesTurns) await session.query({ text: `SELECT pg_advisory_unlock(${buildLock})` });
  }
}

/** Asks for the lock now and then: who waited for it inside a statement would be waited for by the build itself. */
async function takeTurn(session: PostgresSession): Promise<void> {
  for (;;) {
    const { rows } = await session.query({ text: `SELECT pg_try_advisory_lock(${buildLock})` });
    if (rows[0]?.[0] === 't') return;
    await sleep(turnMilliseconds);
  }
}

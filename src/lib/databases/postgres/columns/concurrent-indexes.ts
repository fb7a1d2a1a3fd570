import { setTimeout as sleep } from 'node:timers/promises';
import type { IndexRecord } from '../../../model/columns/blind-index.ts';
import type { Capabilities } from '../connection/capabilities.ts';
import { deadlockDetected, errorCodeOf, lockNotAvailable, nameTaken } from '../connection/errors.ts';
import type { PostgresSession } from '../connection/session.ts';
import { createLane, type LaneOptions } from '../transactions/lane.ts';
import { creation, findIndex, placeOfIndex, type IndexPlace } from './index-columns.ts';

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
  const site = { session, index, place: await placeOfIndex(session, ledgerSchema, index) };
  if ((await findIndex(session, site.place))?.state === 'valid') return;
  await (capabilities.has('advisory locks') ? buildInTurn(site) : buildBeside(site));
}

/** One index on the connection that is to build it. */
interface WantedIndex {
  readonly session: PostgresSession;
  readonly index: IndexRecord;
  readonly place: IndexPlace;
}

async function buildInTurn(wanted: WantedIndex): Promise<void> {
  const { session } = wanted;
  await takeTurn(session);
  try {
    await build(wanted);
  } finally {
    await session.query({ text: `SELECT pg_advisory_unlock(${buildLock})` });
  }
}

/** Where there are no turns to take, whoever comes second finds the name taken, and waits for the end of that build. */
async function buildBeside(wanted: WantedIndex): Promise<void> {
  const { session, place } = wanted;
  for (;;) {
    await untilNobodyBuilds(wanted);
    try {
      await build(wanted);
      return;
    } catch (error) {
      // The name may as well be that of something else, which stays.
      if (errorCodeOf(error) !== nameTaken || !(await findIndex(session, place))) throw error;
    }
  }
}

/** After these, a half-built index may be one that somebody else is building; what is left of our own is seen to by the next attempt. */
const mayBeOfOthers: readonly (string | undefined)[] = [nameTaken, deadlockDetected];

async function build({ session, index, place }: WantedIndex): Promise<void> {
  try {
    await session.query({ text: `SET lock_timeout = '${longestWait}'` });
    const found = await findIndex(session, place);
    if (found?.state === 'broken') await drop(session, found.sqlName);
    if (found?.state !== 'valid') await session.query({ text: creation(index, place, 'CONCURRENTLY') });
  } catch (error) {
    // A unique index that was left half built refuses values all the same.
    const left = await findIndex(session, place).catch(() => undefined);
    if (!mayBeOfOthers.includes(errorCodeOf(error)) && left?.state === 'broken')
      await drop(session, left.sqlName).catch(() => undefined);
    throw error;
  }
}

async function drop(session: PostgresSession, sqlName: string): Promise<void> {
  await session.query({ text: `DROP INDEX CONCURRENTLY IF EXISTS ${sqlName}` });
}

/** Asks for the lock now and then: who waited for it inside a statement would be waited for by the build itself. */
async function takeTurn(session: PostgresSession): Promise<void> {
  for (;;) {
    const { rows } = await session.query({ text: `SELECT pg_try_advisory_lock(${buildLock})` });
    if (rows[0]?.[0] === 't') return;
    await sleep(turnMilliseconds);
  }
}

/** A build holds its table in a mode that nobody else can have meanwhile, and is what makes an index be half built. */
async function untilNobodyBuilds({ session, place }: WantedIndex): Promise<void> {
  for (;;) {
    if ((await findIndex(session, place))?.state === 'valid') return;
    if (await isLockable(session, place.table)) return;
    await sleep(turnMilliseconds);
  }
}

async function isLockable(session: PostgresSession, table: string): Promise<boolean> {
  try {
    await session.script(`BEGIN; LOCK TABLE ${table} IN SHARE UPDATE EXCLUSIVE MODE NOWAIT`);
    return true;
  } catch (error) {
    if (errorCodeOf(error) !== lockNotAvailable) throw error;
    return false;
  } finally {
    await session.script('ROLLBACK');
  }
}

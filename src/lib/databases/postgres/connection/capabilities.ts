import type { MissingCapability, ServerCapability } from '../../../model/databases/server-capability.ts';
import { KeyturnError } from '../../../model/keyturn-error.ts';
import { classifyError } from './errors.ts';
import type { PostgresSession } from './session.ts';

/** What a server has of all that keyturn likes to use. */
export type Capabilities = ReadonlySet<ServerCapability>;

/** How a capability is found out: a statement that reads, and answers true where it is there. */
interface Probe extends MissingCapability {
  readonly statement: string;
}

const slower = 'nothing has to be done, a run is only slower; PostgreSQL itself has it';

/** A lock that nobody waits for: the number is this session's own. Written in decimals, as servers before version 16 want it. */
const probedLock = `(${String(0x6b74n << 32n)} | pg_backend_pid())`;

const probes: readonly Probe[] = [
  {
    capability: 'row versions',
    statement: "SELECT xmin::text <> '0' FROM pg_class LIMIT 1",
    instead: 'rows are read again once they are locked, and compared by what they hold',
    fix: slower,
  },
  {
    capability: 'row places',
    statement: 'SELECT ctid IS NOT NULL FROM pg_class LIMIT 1',
    instead: 'a table without a primary key, or a unique index in its place, is refused',
    fix: slower,
  },
  {
    capability: 'skipped locks',
    // It locks nothing and needs no right: what is selected from is no table.
    statement: 'SELECT true FROM generate_series(1, 1) FOR NO KEY UPDATE SKIP LOCKED',
    instead: 'rows are locked with NOWAIT, in halves down to those that others hold',
    fix: slower,
  },
  {
    capability: 'advisory locks',
    // Some servers have the functions, which lock nothing.
    statement: `SELECT CASE WHEN pg_advisory_xact_lock(${probedLock})::text || pg_advisory_xact_lock_shared(${probedLock})::text IS NOT NULL
      THEN EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()) END`,
    instead: 'transactions of keyturn wait for one another at a row of the ledger, one connection writes',
    fix: 'GRANT EXECUTE ON FUNCTION pg_advisory_xact_lock(bigint), pg_advisory_xact_lock_shared(bigint) TO the_user',
  },
  {
    capability: 'transaction numbers',
    statement: `SELECT has_function_privilege('txid_current()', 'EXECUTE') AND has_function_privilege('txid_status(bigint)', 'EXECUTE')`,
    instead:
      'each transaction leaves a note in the ledger, which tells what became of it when its answer is lost; one connection writes',
    fix: 'GRANT EXECUTE ON FUNCTION txid_current(), txid_status(bigint) TO the_user',
  },
  {
    capability: 'other sessions',
    statement: 'SELECT count(*) = 0 FROM pg_stat_activity WHERE false',
    instead: 'others are taken to be at work, writers have no names, and one connection writes',
    fix: 'GRANT SELECT ON pg_stat_activity TO the_user',
  },
];

/** Finds out what the server behind a session has; all is asked in one round trip, and nothing is changed. */
export async function probeCapabilities(session: PostgresSession): Promise<Capabilities> {
  const answers = await Promise.all(probes.map(({ statement }) => isAnsweredTrue(session, statement)));
  return new Set(probes.filter((_, index) => answers[index]).map(({ capability }) => capability));
}

/** What is missing, with what is done in its place. */
export function missingCapabilities(capabilities: Capabilities): readonly MissingCapability[] {
  return probes
    .filter(({ capability }) => !capabilities.has(capability))
    .map(({ capability, instead, fix }) => ({ capability, instead, fix }));
}

/**
 * Whether several transactions may go side by side: what keeps them apart, tells what became of them, and says how many
 * connections the server has left is there.
 */
export function mayWriteSideBySide(capabilities: Capabilities): boolean {
  return (['advisory locks', 'transaction numbers', 'other sessions'] as const).every((one) =>
    capabilities.has(one),
  );
}

/** Throws where rows cannot be locked without waiting for others, for which nothing can stand in (exit 15). */
export async function refuseWaitingLocks(
  session: PostgresSession,
  capabilities: Capabilities,
): Promise<void> {
  if (capabilities.has('skipped locks')) return;
  if (await isAnsweredTrue(session, 'SELECT true FROM generate_series(1, 1) FOR NO KEY UPDATE NOWAIT'))
    return;
  throw new KeyturnError({
    code: 'KT_SERVER_UNSUITABLE',
    reason: 'databaseUnavailable',
    message:
      'the server knows neither SKIP LOCKED nor NOWAIT: a run would wait for rows that the application holds',
    hints: [
      'name a server of PostgreSQL 14 or newer in --database, or one that is compatible with it in that',
    ],
  });
}

/** What the server does not know, or this user may not use, is answered by an error. */
async function isAnsweredTrue(session: PostgresSession, statement: string): Promise<boolean> {
  try {
    const { rows } = await session.query({ text: statement });
    return rows[0]?.[0] === 't';
  } catch (error) {
    const errorClass = classifyError(error);
    if (errorClass === 'connection lost' || errorClass === 'try again') throw error;
    return false;
  }
}

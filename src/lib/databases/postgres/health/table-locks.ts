import type { TableLock } from '../../../model/databases/table-lock.ts';
import type { PostgresSession, Statement } from '../connection/session.ts';
import { displayedName } from '../schema/schema.ts';

type TableLockRow = Omit<TableLock, 'tables'> & {
  readonly tables: readonly (readonly [schema: string, name: string])[];
};

/** Modes that keep others from writing; where somebody keeps them from reading as well, that is what is waited for. */
const modes = "('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')";

/** Lanes of keyturn take turns, and pause within no transaction: one that has done nothing for so long stands still, as after a SIGSTOP. */
const stalledAfter = '5 s';

/** The title is a name that nobody keeps secret; what a session does is for users who may read statistics. Its query is not asked for. */
const sessions = `
  sessions AS (
    SELECT pid, application_name = 'keyturn' AND NOT coalesce(state LIKE 'idle in transaction%'
      AND state_change < clock_timestamp() - interval '${stalledAfter}', false) AS is_ours, json_build_object('processId', pid,
      'title', coalesce(nullif(application_name, ''), nullif(backend_type, 'client backend'), 'a session') || coalesce(' as ' || usename, ''),
      'state', state, 'since', (extract(epoch FROM state_change) * 1000)::int8) AS session
    FROM pg_stat_activity)`;

/** A transaction that was prepared shows in the lock on its own number. */
const tableLocksQuery = `
WITH
  locks AS (
    SELECT DISTINCT coalesce(indrelid, relation) AS oid, pid, virtualtransaction, granted, mode = 'AccessExclusiveLock' AS is_complete
    FROM pg_locks LEFT JOIN pg_index ON indexrelid = relation
    WHERE locktype = 'relation' AND pid IS DISTINCT FROM pg_backend_pid() AND mode IN ${modes}
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())),
  visible AS (
    SELECT locks.*, nspname, relname FROM locks
      JOIN pg_class ON pg_class.oid = locks.oid AND relkind IN ('r', 'p', 'm') AND relpersistence <> 't'
      JOIN pg_namespace ON pg_namespace.oid = relnamespace),
  holders AS (
    SELECT pid, virtualtransaction, granted, json_agg(json_build_array(nspname, relname) ORDER BY nspname, relname) AS tables
    FROM visible WHERE is_complete OR NOT EXISTS (SELECT FROM visible WHERE is_complete)
    GROUP BY pid, virtualtransaction, granted),
  ${sessions},
  prepared AS (
    SELECT virtualtransaction, json_build_object('processId', NULL, 'title', 'a transaction of ' || owner, 'state', 'prepared',
      'since', (extract(epoch FROM prepared) * 1000)::int8) AS session
    FROM pg_prepared_xacts JOIN pg_locks ON transactionid = transaction AND locktype = 'transactionid' AND pid IS NULL)
SELECT json_build_object('tables', tables,
  'kind', CASE WHEN granted THEN 'held' ELSE 'wanted' END,
  'session', coalesce(sessions.session, prepared.session),
  'behind', (SELECT coalesce(json_agg(other.session), '[]') FROM sessions AS other
    WHERE NOT granted AND other.pid = ANY (pg_blocking_pids(holders.pid))))
FROM holders
  LEFT JOIN sessions ON sessions.pid = holders.pid
  LEFT JOIN prepared ON holders.pid IS NULL AND prepared.virtualtransaction = holders.virtualtransaction
WHERE coalesce(sessions.session, prepared.session) IS NOT NULL
ORDER BY granted DESC, holders.pid LIMIT 3`;

/**
 * The tables that others have locked now, or are about to. Of whoever has waited in vain, these are what was waited for: the server
 * does not say which of them it was. Nothing where it does not tell at all: who waits has another error to report then.
 */
export function listTableLocks(session: PostgresSession): Promise<readonly TableLock[]> {
  return ask(session, { text: tableLocksQuery });
}

/** The table for which a process waits now, if it is one, and by whom it is kept waiting. */
const waitQuery = `
WITH
  ${sessions},
  awaited AS (SELECT relation FROM pg_locks WHERE pid = $1::int4 AND NOT granted AND locktype IN ('relation', 'tuple') LIMIT 1),
  locks AS (SELECT pid, granted, mode FROM pg_locks JOIN awaited USING (relation))
SELECT json_build_object(
  'tables', (SELECT coalesce(json_agg(json_build_array(nspname, relname)), '[]') FROM awaited
    JOIN pg_class ON pg_class.oid = relation JOIN pg_namespace ON pg_namespace.oid = relnamespace),
  'kind', CASE
    WHEN EXISTS (SELECT FROM locks WHERE locks.pid = sessions.pid AND NOT granted) THEN 'wanted'
    WHEN EXISTS (SELECT FROM locks WHERE locks.pid = sessions.pid AND mode = 'AccessExclusiveLock') THEN 'held' ELSE 'used' END,
  'session', session,
  'behind', (SELECT coalesce(json_agg(other.session), '[]') FROM sessions AS other WHERE other.pid = ANY (pg_blocking_pids(sessions.pid))))
FROM sessions WHERE pid = ANY (pg_blocking_pids($1::int4)) AND NOT is_ours
ORDER BY pid LIMIT 3`;

/** For whom a process waits at this moment, but for processes of keyturn itself that take turns. */
export function listWaitedFor(session: PostgresSession, processId: number): Promise<readonly TableLock[]> {
  return ask(session, { text: waitQuery, values: [String(processId)] });
}

async function ask(session: PostgresSession, statement: Statement): Promise<readonly TableLock[]> {
  try {
    const { rows } = await session.query(statement);
    return rows.map(([json]) => {
      const { tables, ...lock } = JSON.parse(json ?? '') as TableLockRow;
      return { tables: tables.map(([schema, name]) => displayedName(schema, name)), ...lock };
    });
  } catch {
    return [];
  }
}

import type { DatabaseMetrics } from '../../../model/databases/database-metrics.ts';
import type { ServerLoad } from '../../../model/databases/server-load.ts';
import type { Capabilities } from '../connection/capabilities.ts';
import type { PostgresSession } from '../connection/session.ts';

/**
 * What others do and wait for is hidden from users who may not read statistics: then there is nothing instead of less.
 * Waiting locks alone are nobody's secret.
 */
const strainQuery = `
WITH
  rights AS (SELECT pg_has_role('pg_read_all_stats', 'USAGE') AS statistics),
  ours AS (SELECT array_agg(pid) AS pids FROM pg_stat_activity
    WHERE application_name = 'keyturn' AND datname = current_database()),
  others AS (SELECT * FROM pg_stat_activity, ours WHERE pid <> ALL (pids) AND backend_type = 'client backend'),
  log AS (SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END AS here)
SELECT json_build_object(
  'lagBytes', CASE WHEN statistics THEN (SELECT coalesce(max(here - behind.confirmed), 0) FROM (
      SELECT replay_lsn AS confirmed FROM pg_stat_replication
      UNION ALL SELECT coalesce(confirmed_flush_lsn, restart_lsn) FROM pg_replication_slots) AS behind) END,
  'writtenLogBytes', here - '0/0'::pg_lsn,
  'blockedSessions', (SELECT count(*) FROM pg_locks, ours WHERE NOT granted AND pid <> ALL (pids) AND pg_blocking_pids(pid) && pids),
  'activeSessions', CASE WHEN statistics THEN
    (SELECT count(*) FROM others WHERE datname = current_database() AND state = 'active') END,
  'oldestTransactionMilliseconds', CASE WHEN statistics THEN
    (SELECT coalesce(max(extract(epoch FROM clock_timestamp() - xact_start)) * 1000, 0)::int8 FROM others) END,
  'vacuumedTables', CASE WHEN statistics THEN
    (SELECT coalesce(json_agg(relid::regclass::text), '[]') FROM pg_stat_progress_vacuum WHERE datname = current_database()) END)
FROM rights, log`;

/** Where sessions cannot be seen, nothing of what they do can. */
const unseenStrainQuery = `
SELECT json_build_object('lagBytes', NULL, 'blockedSessions', NULL, 'activeSessions', NULL,
  'oldestTransactionMilliseconds', NULL, 'vacuumedTables', NULL, 'writtenLogBytes',
  CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END - '0/0'::pg_lsn)`;

/** Asks the server's views how it fares. */
export async function readLoad(session: PostgresSession, capabilities: Capabilities): Promise<ServerLoad> {
  const text = capabilities.has('other sessions') ? strainQuery : unseenStrainQuery;
  const { rows } = await session.query({ plan: 'kept', text });
  const load = JSON.parse(rows[0]?.[0] ?? '') as Omit<ServerLoad, 'unarchivedSegments'>;
  return { ...load, unarchivedSegments: await countUnarchived(session) };
}

async function countUnarchived(session: PostgresSession): Promise<number | null> {
  const { rows } = await session.query({ text: "SELECT current_setting('archive_mode')" });
  if (rows[0]?.[0] === 'off') return 0;
  return readDirectory(session, 'pg_ls_archive_statusdir()', "count(*) FILTER (WHERE name LIKE '%.ready')");
}

/** The size of the server's log, where this user may see it. What room its disk has, the server does not tell. */
export async function readMetrics(session: PostgresSession): Promise<DatabaseMetrics> {
  const logBytes = await readDirectory(session, 'pg_ls_waldir()', 'sum(size)');
  return { logBytes, freeBytes: null, transactions: 0, refusedTransactions: 0 };
}

/** The server checks the right to a function before it runs a statement that names it, whatever else the statement says. */
async function readDirectory(
  session: PostgresSession,
  listing: string,
  measure: string,
): Promise<number | null> {
  const right = `SELECT has_function_privilege('${listing}', 'EXECUTE')`;
  const allowed = await session.query({ text: right });
  if (allowed.rows[0]?.[0] !== 't') return null;
  const { rows } = await session.query({ text: `SELECT ${measure} FROM ${listing}` });
  return Number(rows[0]?.[0] ?? 0);
}

/** How long an operator's own query may take. */
const queryTimeout = '5s';

/** Whether the first value that a query of the operator's returns is true. It may read, and nothing else. */
export async function answersTrue(session: PostgresSession, query: string): Promise<boolean> {
  await session.script(`BEGIN READ ONLY; SET LOCAL statement_timeout = '${queryTimeout}'`);
  try {
    const { rows } = await session.query({ text: query });
    return rows[0]?.[0] === 't';
  } finally {
    await session.script('ROLLBACK').catch(() => undefined);
  }
}

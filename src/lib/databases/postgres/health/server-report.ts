import type { ServerReport } from '../../../model/databases/server-report.ts';
import { missingCapabilities, type Capabilities } from '../connection/capabilities.ts';
import type { PostgresSession } from '../connection/session.ts';
import type { TableShape } from '../schema/table-shape.ts';
import { findLogLeaks } from './log-leaks.ts';

/** What the catalogue and the statistics tell; everybody may ask for it. */
const reportQuery = `
SELECT json_build_object(
  'version', current_setting('server_version'),
  'role', CASE WHEN pg_is_in_recovery() THEN 'standby' ELSE 'primary' END,
  'user', current_user,
  'mayMakeLedger', coalesce((SELECT has_schema_privilege(oid, 'CREATE') FROM pg_namespace WHERE nspname = $1), false),
  'autovacuum', current_setting('autovacuum'),
  'unvacuumedTables', (SELECT coalesce(json_agg(oid::regclass::text), '[]') FROM pg_class
    WHERE relkind = 'r' AND 'autovacuum_enabled=false' = ANY (reloptions)),
  'idleSlots', (SELECT coalesce(json_agg(slot_name), '[]') FROM pg_replication_slots WHERE NOT active),
  'failedArchiving', (SELECT last_failed_wal FROM pg_stat_archiver
    WHERE last_failed_time > coalesce(last_archived_time, '-infinity')))`;

type CatalogueReport = Omit<ServerReport, 'missingRights' | 'missingCapabilities' | 'ledger' | 'leaks'> & {
  readonly mayMakeLedger: boolean;
};

/** Finds out how ready a server is for a run. Reads only. */
export async function readServerReport(
  session: PostgresSession,
  shapes: readonly TableShape[],
  { ledgerSchema, capabilities }: { readonly ledgerSchema: string; readonly capabilities: Capabilities },
): Promise<ServerReport> {
  const { rows } = await session.query({ text: reportQuery, values: [ledgerSchema] });
  const { mayMakeLedger, ...report } = JSON.parse(rows[0]?.[0] ?? '') as CatalogueReport;
  return {
    ...report,
    missingRights: await findMissingRights(session, shapes),
    missingCapabilities: missingCapabilities(capabilities),
    ledger: { schema: ledgerSchema, isWritable: mayMakeLedger },
    leaks: await findLogLeaks(session),
  };
}

async function findMissingRights(
  session: PostgresSession,
  shapes: readonly TableShape[],
): Promise<ServerReport['missingRights']> {
  const { rows } = await session.query({
    text: `SELECT oid, has_table_privilege(oid, 'SELECT'), has_table_privilege(oid, 'UPDATE') FROM pg_class WHERE relkind = 'r'`,
  });
  const rights = new Map(rows.map(([oid, select, update]) => [oid, { SELECT: select, UPDATE: update }]));
  return (['SELECT', 'UPDATE'] as const).flatMap((right) =>
    shapes
      .filter(({ oid }) => rights.get(oid)?.[right] !== 't')
      .map(({ table }): ServerReport['missingRights'][number] => ({ table, right })),
  );
}

import type { Kysely } from 'kysely';
import type { GuardOrder, GuardRecord } from '../../model/schema/guard.ts';
import { databaseNow } from '../clock.ts';
import { appendEvent } from '../events/event-chain.ts';
import { switchTriggersOn } from '../meta.ts';
import { readSchemaVersion } from '../schema/install.ts';
import type { LedgerTables } from '../schema/tables.ts';

/** The version of the ledger that has `keyturn_guard`. */
const knownSince = 4;

/** Every guard, in the order of their installation; none in a ledger that does not know of them yet. */
export async function listGuards(ledger: Kysely<LedgerTables>): Promise<readonly GuardRecord[]> {
  if ((await readSchemaVersion(ledger)) < knownSince) return [];
  const rows = await ledger.selectFrom('keyturn_guard').selectAll().orderBy('id').execute();
  return rows.map((row) => ({
    id: row.id,
    table: row.table_name,
    column: row.column_name,
    mode: row.mode,
    writes: row.writes,
    unfit: row.unfit,
    lastWriteAt: row.last_write_at,
    installedAt: row.installed_at,
  }));
}

/** Records a guard and switches it on; see LedgerWriter. */
export async function recordGuard(
  ledger: Kysely<LedgerTables>,
  { table, column, mode }: GuardOrder,
  actor: string,
): Promise<number> {
  await switchTriggersOn(ledger);
  const { id } = await ledger
    .insertInto('keyturn_guard')
    .values({ table_name: table, column_name: column, mode, writes: 0, unfit: 0, installed_at: databaseNow })
    .returning('id')
    .executeTakeFirstOrThrow();
  await appendEvent(ledger, {
    migrationId: null,
    actor,
    type: 'guard installed',
    body: { table, column, mode },
  });
  return id;
}

/** Forgets a guard; see LedgerWriter. */
export async function forgetGuard(
  ledger: Kysely<LedgerTables>,
  { id, table, column, writes, unfit }: GuardRecord,
  actor: string,
): Promise<void> {
  await ledger.deleteFrom('keyturn_guard').where('id', '=', id).execute();
  await appendEvent(ledger, {
    migrationId: null,
    actor,
    type: 'guard removed',
    body: { table, column, writes, unfit },
  });
}

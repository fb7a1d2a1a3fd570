import type { Kysely } from 'kysely';
import type { LedgerTables } from './schema/tables.ts';

/** What `keyturn_meta` has a value for. */
type MetaName = 'schema_version' | 'event_head' | 'guard';

/** Reads a value of `keyturn_meta`; undefined where it has none of that name. */
export async function readMeta(ledger: Kysely<LedgerTables>, name: MetaName): Promise<string | undefined> {
  const row = await ledger
    .selectFrom('keyturn_meta')
    .select('value')
    .where('name', '=', name)
    .executeTakeFirst();
  return row?.value;
}

/** Writes a value into `keyturn_meta`, in place of the one it may have. */
export async function writeMeta(ledger: Kysely<LedgerTables>, name: MetaName, value: string): Promise<void> {
  await ledger
    .insertInto('keyturn_meta')
    .values({ name, value })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ value }))
    .execute();
}

/** Switches the triggers of guards and pairs on, which `keyturn_meta` switches off while keyturn itself writes. */
export function switchTriggersOn(ledger: Kysely<LedgerTables>): Promise<void> {
  return writeMeta(ledger, 'guard', 'on');
}

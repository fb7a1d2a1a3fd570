import type { Kysely } from 'kysely';
import { KeyturnError } from '../../model/keyturn-error.ts';
import { currentSchemaVersion, schemaMigrations } from './schema-migrations.ts';
import type { LedgerTables } from './tables.ts';

/** The version of the ledger's tables in this database; 0 where there is no ledger. */
export async function readSchemaVersion(ledger: Kysely<LedgerTables>): Promise<number> {
  if (!(await hasLedger(ledger))) return 0;
  const row = await ledger
    .selectFrom('keyturn_meta')
    .select('value')
    .where('name', '=', 'schema_version')
    .executeTakeFirst();
  return Number(row?.value ?? 0);
}

/** Each adapter answers for the ledger's tables alone: Kysely's own introspection fails where one view is broken. */
async function hasLedger({ introspection }: Kysely<LedgerTables>): Promise<boolean> {
  const tables = await introspection.getTables();
  return tables.some(({ name }) => name === 'keyturn_meta');
}

/** Creates the ledger, or applies the steps it lacks. Throws `KT_LEDGER_TOO_NEW` for one of a newer keyturn. */
export async function installLedger(ledger: Kysely<LedgerTables>): Promise<void> {
  const version = await readSchemaVersion(ledger);
  refuseNewer(version);
  for (const step of schemaMigrations.slice(version)) await step.apply(ledger);
  if (version === currentSchemaVersion) return;
  await ledger
    .insertInto('keyturn_meta')
    .values({ name: 'schema_version', value: String(currentSchemaVersion) })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ value: String(currentSchemaVersion) }))
    .execute();
}

/** A ledger of a newer keyturn may mean things by its rows that this one does not know. */
export function refuseNewer(version: number): void {
  if (version <= currentSchemaVersion) return;
  throw new KeyturnError({
    code: 'KT_LEDGER_TOO_NEW',
    reason: 'usage',
    message:
      `the ledger in this database has version ${String(version)}, ` +
      `this keyturn knows versions up to ${String(currentSchemaVersion)}`,
    hints: [
      'use the keyturn that has worked on this database last, or a newer one; this one says: keyturn --version',
    ],
  });
}

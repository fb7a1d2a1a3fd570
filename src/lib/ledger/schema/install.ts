import type { Kysely } from 'kysely';
import { KeyturnError } from '../../model/keyturn-error.ts';
import { readMeta, writeMeta } from '../meta.ts';
import { currentSchemaVersion, schemaMigrations } from './schema-migrations.ts';
import type { LedgerTables } from './tables.ts';

/** The version of the ledger's tables in this database; 0 where there is no ledger. */
export async function readSchemaVersion(ledger: Kysely<LedgerTables>): Promise<number> {
  if (!(await hasLedger(ledger))) return 0;
  return Number((await readMeta(ledger, 'schema_version')) ?? 0);
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
  await writeMeta(ledger, 'schema_version', String(currentSchemaVersion));
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

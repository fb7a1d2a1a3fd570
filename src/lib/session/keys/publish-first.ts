import type { TargetDatabase } from '../../databases/target-database.ts';
import type { RunIntent } from '../../engine/runs/choose-migration.ts';
import type { DatabaseLocation } from '../../model/databases/database-location.ts';
import type { MigrationRecord } from '../../model/migrations/migration-record.ts';
import { withReadOnlyDatabase } from '../database/open-database.ts';
import { currentRunner } from '../database/run-owner.ts';
import type { KeyPublication } from './publish-key.ts';

/** Writes the new key beside the old one. The place is in the ledger first, so that `execute` and `rollback` find it. */
export async function publishFirst(
  database: TargetDatabase,
  { id }: MigrationRecord,
  publication: KeyPublication | undefined,
): Promise<void> {
  if (!publication) return;
  const { reference } = publication;
  if ((await database.ledger.findPublication(id)) !== reference) {
    const { actor } = currentRunner();
    await database.transaction(({ ledger }) => ledger.notePublication({ migrationId: id, reference, actor }));
  }
  await publication.publish();
}

/** Where the resumed or reversed migration has written its new key; undefined: nowhere. */
export async function recordedPublication(
  location: DatabaseLocation,
  intent: RunIntent,
): Promise<string | undefined> {
  if (intent.kind === 'start') return undefined;
  return withReadOnlyDatabase(location, async ({ ledger }) => {
    const own = await ledger.findPublication(intent.migrationId);
    if (own !== undefined) return own;
    const migration = await ledger.findMigration(intent.migrationId);
    return migration?.reverses ? ledger.findPublication(migration.reverses) : undefined;
  });
}

import type { LoadedKeys } from '../../keys/load-key-pair.ts';
import type { SecretKey } from '../../keys/secret-key.ts';
import type { DatabaseLocation } from '../../model/databases/database-location.ts';
import type { MigrationRecord } from '../../model/migrations/migration-record.ts';
import { openDatabase, withReadOnlyDatabase } from '../database/open-database.ts';
import { requireMigration } from '../database/recorded-migrations.ts';
import { currentRunner } from '../database/run-owner.ts';
import { loadPlannedKey, type KeyOverrides } from '../keys/recorded-keys.ts';
import { noteEvents, reportMigration, type MigrationReport } from '../run/migration-report.ts';
import {
  endOfScrub,
  scrubTimeoutMilliseconds,
  type ScrubObservers,
  type ScrubRequest,
} from './scrub-afterwards.ts';
import { scrubDatabase } from './scrub-database.ts';
import { openOldValues } from './search-remains.ts';

/** The latest migration, where it has succeeded and a scrub is still to follow it, as it was recorded or is asked now. */
export function findAwaitedScrub(
  location: DatabaseLocation,
  request: ScrubRequest,
): Promise<MigrationRecord | undefined> {
  return withReadOnlyDatabase(location, async ({ ledger }) => {
    const [latest] = await ledger.listMigrations();
    if (latest?.state !== 'succeeded' || latest.scrubbedAt !== null) return undefined;
    const awaited = request === 'asked' ? ['asked', 'none'] : ['asked'];
    return awaited.includes(latest.scrub) ? latest : undefined;
  });
}

/** Where the key is that a migration's fingerprints are sealed under; one that is loaded already may be it. */
export interface SealingKeys extends KeyOverrides {
  readonly loaded?: LoadedKeys;
}

/** A scrub that a migration still waits for. */
interface AwaitedScrub extends ScrubObservers {
  readonly location: DatabaseLocation;
  readonly migrationId: string;
  readonly keys: SealingKeys;
}

/** Scrubs after a migration that an earlier run has brought to its end. */
export async function scrubSucceeded({
  location,
  migrationId,
  keys,
  stop,
  ...observers
}: AwaitedScrub): Promise<MigrationReport> {
  const { reporter, noted } = noteEvents(observers.reporter);
  const database = await openDatabase(location, { access: 'write', use: 'shared', deleted: 'overwritten' });
  try {
    const migration = await requireMigration(database, migrationId);
    const { actor } = currentRunner();
    await database.transaction(async ({ ledger }) => {
      await ledger.install();
      if (migration.scrub !== 'asked') await ledger.askForScrub({ migrationId, actor });
    });
    const scrub = await endOfScrub(stop, async () => {
      const oldValues = await openOldValues(database, migration, () => loadSealingKey(migration, keys));
      const request = { migration, oldValues, reporter, stop, timeoutMilliseconds: scrubTimeoutMilliseconds };
      return scrubDatabase(database, { ...request, backups: 'kept' });
    });
    return await reportMigration(database, {
      id: migrationId,
      end: { kind: 'succeeded' },
      noted: noted(),
      scrub,
    });
  } finally {
    await database.close();
  }
}

/** The key that the fingerprints of a migration's old values are sealed under, wherever it is now (exit 12). */
export async function loadSealingKey({ plan }: MigrationRecord, keys: SealingKeys): Promise<SecretKey> {
  const wanted = plan.newKey ?? plan.oldKey;
  const known = [keys.loaded?.old, keys.loaded?.new].find(
    (one) => one?.key.checkValue === wanted?.checkValue,
  );
  if (known) return known.key;
  const { key } = await loadPlannedKey(plan.newKey === null ? 'old' : 'new', plan, keys);
  return key;
}

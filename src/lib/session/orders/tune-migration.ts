import type { DatabaseLocation } from '../../model/databases/database-location.ts';
import type { SpeedLimits } from '../../model/runs/speed-limits.ts';
import { openDatabase } from '../database/open-database.ts';
import { requireMigration, requireUnfinished } from '../database/recorded-migrations.ts';
import { currentRunner } from '../database/run-owner.ts';
import { readStatus, type MigrationStatus } from '../inspection/read-status.ts';

/** Limits to turn; the others stay as they are. */
export interface TuneRequest {
  /** The migration, or the beginning of its id; undefined: the one that has not finished. */
  readonly id: string | undefined;
  readonly limits: Partial<SpeedLimits>;
}

/** Turns the limits of a migration through the ledger; its run, wherever it is, follows at its next chunk. */
export async function tuneMigration(
  location: DatabaseLocation,
  { id, limits }: TuneRequest,
): Promise<MigrationStatus> {
  const database = await openDatabase(location, { access: 'write', use: 'shared' });
  try {
    const migration = await requireUnfinished(database, id);
    const { actor } = currentRunner();
    await database.transaction(async ({ ledger }) => {
      await ledger.install();
      await ledger.limitSpeed({ migration, limits, actor });
    });
    return await readStatus(database, await requireMigration(database, migration.id));
  } finally {
    await database.close();
  }
}

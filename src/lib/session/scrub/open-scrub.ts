import type { DatabaseLocation } from '../../model/databases/database-location.ts';
import { KeyturnError } from '../../model/keyturn-error.ts';
import type { MigrationRecord } from '../../model/migrations/migration-record.ts';
import { wayAsHint, waysOnwards } from '../../model/migrations/ways-onwards.ts';
import type { Plan } from '../../model/plans/plan.ts';
import { openDatabase, withReadOnlyDatabase } from '../database/open-database.ts';
import { requireMigration } from '../database/recorded-migrations.ts';
import type { KeyOverrides } from '../keys/recorded-keys.ts';
import {
  examineScrub,
  refuseKeptCells,
  scrubDatabase,
  searchForRemains,
  type ScrubExamination,
  type ScrubReport,
  type ScrubRequest,
} from './scrub-database.ts';
import { loadSealingKey } from './scrub-succeeded.ts';
import { openOldValues } from './search-remains.ts';

/** What a command wants scrubbed. */
interface ScrubOptions {
  /** `checked`: only searched. */
  readonly mode: 'scrubbed' | 'checked';
  /** The beginning of an id; undefined: the latest that has succeeded. */
  readonly migration: string | undefined;
  readonly keys: KeyOverrides;
}

/** A database that is open for a scrub, with the migration and what is known of its old values. */
export interface ScrubScene {
  examine(): Promise<ScrubExamination>;
  carryOut(
    request: Pick<ScrubRequest, 'backups' | 'timeoutMilliseconds' | 'reporter' | 'stop'>,
  ): Promise<ScrubReport>;
  close(): Promise<void>;
}

/**
 * Opens what a scrub needs. Throws where no migration has succeeded (exit 17), where old cells are kept for a rollback
 * (exit 2), and where the key is not the migration's (exit 12): nothing has been changed by then.
 */
export async function openScrubScene(
  location: DatabaseLocation,
  { mode, migration: id, keys }: ScrubOptions,
): Promise<ScrubScene> {
  const database = await openDatabase(location, {
    access: mode === 'checked' ? 'read' : 'write',
    use: 'shared',
    deleted: 'overwritten',
  });
  try {
    const latest = (await database.ledger.listMigrations()).find(({ state }) => state === 'succeeded');
    const migration = await requireMigration(database, id ?? latest?.id);
    refuseUnfinished(migration);
    if (mode === 'scrubbed') await refuseKeptCells(database);
    const oldValues = await openOldValues(database, migration, () => loadSealingKey(migration, keys));
    return {
      examine: () => examineScrub(database, migration.plan),
      carryOut: (request) =>
        mode === 'checked'
          ? searchForRemains(database, { ...request, migration, oldValues })
          : scrubDatabase(database, { ...request, migration, oldValues }),
      close: () => database.close(),
    };
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** What the scrub that is to follow a plan will do. Throws where it could not (exit 2; `KT_DISK_FULL`). */
export function examineScrubAfter(location: DatabaseLocation, plan: Plan): Promise<ScrubExamination> {
  return withReadOnlyDatabase(location, async (database) => {
    await refuseKeptCells(database);
    return examineScrub(database, plan);
  });
}

function refuseUnfinished(migration: MigrationRecord): void {
  const { id, state } = migration;
  if (state === 'succeeded') return;
  throw new KeyturnError({
    code: 'KT_UNFINISHED_MIGRATION',
    reason: 'usage',
    message: `migration ${id} is ${state}: its old values still stand in the tables, or are needed to take it back`,
    hints: [...waysOnwards(migration).map(wayAsHint), 'keyturn status'],
  });
}

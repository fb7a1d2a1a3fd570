import {
  openMemoryDatabase,
  openSqliteDatabase,
  type SqliteOptions,
} from '../../databases/sqlite/open-database.ts';
import type { TargetDatabase } from '../../databases/target-database.ts';
import { createLedger } from '../../ledger/create-ledger.ts';
import type { DatabaseLocation, PostgresLocation } from '../../model/databases/database-location.ts';
import type { OtherProcess } from '../../model/databases/other-process.ts';
import { KeyturnError } from '../../model/keyturn-error.ts';
import type { TriggerChoice } from '../../model/runs/trigger-choice.ts';
import { boundGrownYoungGeneration, boundOldGeneration, freeBuffersInPlace } from './heap-limits.ts';
import { withRecordedPlaces } from './known-places.ts';

/** What a command is going to do with a database. */
type DatabaseUse = Pick<SqliteOptions, 'access' | 'use' | 'deleted'> & {
  /** What updates may set off; they `fire` by default, and in SQLite always. */
  readonly triggers?: TriggerChoice;
  /** How many transactions may go side by side, where the database takes several. */
  readonly connections?: number | undefined;
};

/**
 * Opens the database a command works on, with its ledger, which also knows under which names cells were sealed; from then
 * on the process is sparing with memory.
 */
export async function openDatabase(location: DatabaseLocation, access: DatabaseUse): Promise<TargetDatabase> {
  boundOldGeneration();
  freeBuffersInPlace();
  boundGrownYoungGeneration();
  return withRecordedPlaces(await openPlainly(location, access));
}

function openPlainly(location: DatabaseLocation, access: DatabaseUse): Promise<TargetDatabase> {
  switch (location.kind) {
    case 'sqlite': {
      const { path, journalMode } = location;
      return openSqliteDatabase({ path, ...(journalMode && { journalMode }), ...access, createLedger });
    }
    case 'postgres':
      return openPostgres(location, access);
  }
}

/** The driver is loaded by those who need it. */
async function openPostgres(
  location: PostgresLocation,
  { access, use, triggers = 'fire', connections }: DatabaseUse,
): Promise<TargetDatabase> {
  const { openPostgresDatabase } = await import('../../databases/postgres/open-database.ts');
  return openPostgresDatabase({ location, access, use, triggers, connections, createLedger });
}

/** Throws where a server takes no writes (exit 15), before anything is planned for it and anybody is asked. */
export async function refuseStandby(location: DatabaseLocation): Promise<void> {
  if (location.kind === 'sqlite') return;
  const database = await openPlainly(location, { access: 'write', use: 'exclusive' });
  await database.close();
}

/** A database in memory with a ledger, for rehearsals. */
export function openScratchDatabase(): TargetDatabase {
  return openMemoryDatabase(createLedger);
}

/** Opens a database read-only for as long as `work` needs it. */
export async function withReadOnlyDatabase<Result>(
  location: DatabaseLocation,
  work: (database: TargetDatabase) => Promise<Result>,
): Promise<Result> {
  const database = await openDatabase(location, { access: 'read', use: 'shared' });
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}

/**
 * Rolls back the transaction that a killed process has left half written. Only a rollback journal needs this before
 * the file can be read; where nothing of the kind was left, the file is not touched.
 */
export async function recoverDatabase(location: DatabaseLocation): Promise<void> {
  try {
    await withReadOnlyDatabase(location, () => Promise.resolve());
  } catch (error) {
    if (!(error instanceof KeyturnError) || error.code !== 'KT_RECOVERY_NEEDED') throw error;
    const database = await openDatabase(location, { access: 'write', use: 'shared' });
    await database.close();
  }
}

/** Processes that have the database open, as far as this machine can tell. */
export function listOtherProcesses(location: DatabaseLocation): Promise<readonly OtherProcess[]> {
  return withReadOnlyDatabase(location, (database) => database.otherProcesses());
}

import {
  openMemoryDatabase,
  openSqliteDatabase,
  type SqliteOptions,
} from '../databases/sqlite/open-database.ts';
import type { TargetDatabase } from '../databases/target-database.ts';
import { createLedger } from '../ledger/create-ledger.ts';

/** Which database, as the `--database` flag names it. */
export interface DatabaseLocation {
  readonly kind: 'sqlite';
  readonly path: string;
}

/** Opens the database a command works on, with its ledger. */
export function openDatabase(
  location: DatabaseLocation,
  access: Pick<SqliteOptions, 'access' | 'use'>,
): Promise<TargetDatabase> {
  return openSqliteDatabase({ path: location.path, ...access, createLedger });
}

/** A database in memory with a ledger, for rehearsals. */
export function openScratchDatabase(): TargetDatabase {
  return openMemoryDatabase(createLedger);
}

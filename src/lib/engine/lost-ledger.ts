import { KeyturnError } from '../model/keyturn-error.ts';
import type { MigrationRun } from './migration-run.ts';

/** What a statement ends with whose table is not there, or not as it was. */
const mayLackLedger: ReadonlySet<string> = new Set(['KT_STATEMENT_REFUSED', 'KT_LEDGER_ALTERED']);

/**
 * Says what is behind an error of a statement where the run's own ledger is gone: somebody has restored the database
 * from a backup, in place, while the run was under way. Any other error comes back as it is.
 */
export async function explainLostLedger(
  { database, migration }: MigrationRun,
  error: unknown,
): Promise<unknown> {
  if (!(error instanceof KeyturnError) || !mayLackLedger.has(error.code)) return error;
  const isThere = await database.ledger.findMigration(migration.id).then(
    (found) => found !== undefined,
    () => false,
  );
  return isThere ? error : restored(migration.id, error);
}

function restored(id: string, cause: unknown): KeyturnError {
  return new KeyturnError({
    code: 'KT_DATABASE_REPLACED',
    reason: 'stalePlan',
    message:
      `migration ${id} is no longer recorded in this database: it was restored from a backup, or its ledger was ` +
      'dropped, while the run was under way; what is there now was not touched',
    hints: ['keyturn status', 'run the same command again: it works on what is there now'],
    cause,
  });
}

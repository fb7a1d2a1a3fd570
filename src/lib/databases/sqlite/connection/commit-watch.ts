import type { TargetDatabase } from '../../target-database.ts';
import type { SqliteConnection } from './connection.ts';
import { explainSqliteError, isBusy } from './errors.ts';

/** Compares a number that changes when another connection commits, not when this one does. */
export function createCommitWatch({
  database,
  identity,
}: SqliteConnection): TargetDatabase['foreignCommitSeen'] {
  let seenVersion: unknown = null;
  return () => {
    try {
      const version: unknown = database.pragma('data_version', { simple: true });
      const seen = seenVersion !== null && version !== seenVersion;
      seenVersion = version;
      return seen;
    } catch (error) {
      // Without a log, a commit of another process locks out even this question, and so answers it.
      if (isBusy(error)) return true;
      throw explainSqliteError(error, identity.location);
    }
  };
}

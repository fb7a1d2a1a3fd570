import { tableLockText, type TableLock, type LockingSession } from '../../../model/databases/table-lock.ts';
import { KeyturnError } from '../../../model/keyturn-error.ts';

/** For whom, and how long, tables were waited for. */
interface VainWait {
  /** The database, for messages. */
  readonly location: string;
  readonly waitedMilliseconds: number;
}

/** The error of work that has waited in vain for tables which others keep locked (exit 75). */
export function tablesLocked(
  locked: readonly TableLock[],
  { location, waitedMilliseconds }: VainWait,
): KeyturnError {
  const seconds = String(Math.round(waitedMilliseconds / 1000));
  return new KeyturnError({
    code: 'KT_DATABASE_BUSY',
    reason: 'temporaryFailure',
    message: `cannot use "${location}": ${locked.map(tableLockText).join('; ')}; it was waited for ${seconds} s`,
    hints: [
      'run the same command again once that has ended: it goes on where it stopped',
      ...new Set(locked.map(({ session, behind }) => endingOf(behind[0] ?? session))),
    ],
  });
}

/** How a session that has forgotten its locks is made to give them back. */
function endingOf({ processId }: LockingSession): string {
  return processId === null
    ? `psql -c 'SELECT * FROM pg_prepared_xacts' DATABASE_URL   # then COMMIT PREPARED or ROLLBACK PREPARED`
    : `psql -c 'SELECT pg_terminate_backend(${processId})' DATABASE_URL   # ends that process; what it has not committed is lost`;
}

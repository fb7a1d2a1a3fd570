import Database from 'better-sqlite3';
import { KeyturnError, type ErrorDescription } from '../../../model/keyturn-error.ts';
import { shellWord } from '../../../model/texts/shell-word.ts';

type Explanation = Omit<ErrorDescription, 'cause' | 'message'> & { readonly says: string };

const unavailable = { code: 'KT_DATABASE_UNAVAILABLE', reason: 'databaseUnavailable' } as const;

/** In WAL mode even for reading: the index of the log is shared by all processes, and somebody has to create it. */
const needsItsFolder =
  'SQLite needs files beside it (a journal; in WAL mode a log and its index, even for reading), ' +
  'which this user may not create there';
const look = 'ls -l FILE';
const lookAtFolder = 'ls -ld "$(dirname FILE)"   # shows who may create files there';
const runAsOwner = 'run the same command as the user who owns the database: sudo -u OWNER keyturn ...';

/**
 * What SQLite's primary and extended result codes mean to an operator; the longest matching prefix counts. `FILE` in a
 * hint stands for the database.
 */
const explanations: Readonly<Record<string, Explanation>> = {
  SQLITE_BUSY: {
    code: 'KT_DATABASE_BUSY',
    reason: 'temporaryFailure',
    says: 'another process keeps the database locked',
    hints: ['keyturn status', 'run the same command again: it goes on where it stopped'],
  },
  SQLITE_FULL: {
    code: 'KT_DISK_FULL',
    reason: 'temporaryFailure',
    says: 'the disk, or the size the database may have, is full; the last transaction was rolled back',
    hints: ['df -h', 'make room, then run the same command again: it goes on where it stopped'],
  },
  SQLITE_IOERR: {
    code: 'KT_DISK_ERROR',
    reason: 'temporaryFailure',
    says: 'the disk failed to read or write; the last transaction was rolled back',
    hints: ['look at the system log for disk errors, then run the same command again'],
  },
  SQLITE_NOMEM: {
    code: 'KT_OUT_OF_MEMORY',
    reason: 'temporaryFailure',
    says: 'there is not enough memory; the last transaction was rolled back',
    hints: [
      'free -m',
      'run the same command again with smaller chunks, --batch-rows 50: it goes on where it stopped',
    ],
  },
  SQLITE_READONLY: {
    ...unavailable,
    says: 'the database file or its folder may not be written by this user',
    hints: [look, runAsOwner],
  },
  SQLITE_READONLY_DBMOVED: {
    code: 'KT_DATABASE_REPLACED',
    reason: 'stalePlan',
    says: 'the file was moved away, deleted or replaced meanwhile; what is there now was not touched',
    hints: ['run the same command again: it works on the file that is there now'],
  },
  SQLITE_READONLY_ROLLBACK: {
    code: 'KT_RECOVERY_NEEDED',
    reason: 'databaseUnavailable',
    says: 'a killed process left an unfinished transaction behind, which must be rolled back first',
    hints: ['run the same command again with --recover, as a user who may write the file and its folder'],
  },
  SQLITE_READONLY_DIRECTORY: { ...unavailable, says: needsItsFolder, hints: [lookAtFolder, runAsOwner] },
  SQLITE_READONLY_CANTINIT: { ...unavailable, says: needsItsFolder, hints: [lookAtFolder, runAsOwner] },
  SQLITE_READONLY_RECOVERY: { ...unavailable, says: needsItsFolder, hints: [lookAtFolder, runAsOwner] },
  SQLITE_CANTOPEN: {
    ...unavailable,
    says:
      'the database file, or a file beside it, cannot be opened: this user may not, the process has too many files ' +
      'open, or the disk fails',
    hints: [look, runAsOwner, 'ulimit -n', 'look at the system log for disk errors'],
  },
  SQLITE_NOTADB: {
    ...unavailable,
    says: 'the file is not a SQLite database, or it is encrypted as a whole',
    hints: ['file FILE', 'check that this is the database the application uses'],
  },
  SQLITE_CORRUPT: {
    ...unavailable,
    says: 'the database file is damaged, or the disk fails to read it',
    hints: [
      'look at the system log for disk errors',
      "sqlite3 FILE 'PRAGMA integrity_check'",
      'restore it from a backup: stop whatever uses it and remove FILE-wal and FILE-shm first, which belong to the old file',
    ],
  },
  SQLITE_CONSTRAINT: {
    code: 'KT_TRANSACTION_REFUSED',
    reason: 'unexpected',
    says:
      'a trigger or a constraint (RAISE(ROLLBACK), ON CONFLICT ROLLBACK) rolls back the whole transaction instead of ' +
      'refusing one row; nothing of it was written',
    hints: ['change it to refuse single rows (RAISE(ABORT)), then run the same command again'],
  },
  SQLITE_CONSTRAINT_FOREIGNKEY: {
    code: 'KT_TRANSACTION_REFUSED',
    reason: 'unexpected',
    says:
      'a deferred foreign key refers to a cell that is to be rewritten, and would point to nothing afterwards; ' +
      'nothing of the transaction was written',
    hints: [
      "sqlite3 FILE '.schema' shows the foreign keys",
      'declare it with ON UPDATE CASCADE, then run the same command again',
    ],
  },
  SQLITE_ERROR_MISSING_COLLSEQ: {
    code: 'KT_STATEMENT_REFUSED',
    reason: 'unexpected',
    says: 'a key or an index is sorted by a collation that the application brings along, which keyturn does not have',
    hints: [
      "sqlite3 FILE '.schema' shows the collations",
      'rebuild the table or the index without it for the time of the rotation',
    ],
  },
  SQLITE_ERROR: {
    code: 'KT_STATEMENT_REFUSED',
    reason: 'unexpected',
    says:
      'SQLite cannot run a statement: a trigger that names a table, column or function that is not there does that, ' +
      'a foreign key to a column that is not there or not unique, or a table of 1,999 columns or more, which SQLite does not ' +
      'read at once beside their key',
    hints: [
      "sqlite3 FILE '.schema' shows triggers and foreign keys",
      'repair or drop it, then run the same command again',
    ],
  },
  SQLITE_PERM: {
    ...unavailable,
    says: 'the database file may not be opened by this user',
    hints: [look, runAsOwner],
  },
  SQLITE_AUTH: {
    ...unavailable,
    says: 'the database refuses this statement',
    hints: ["sqlite3 FILE '.schema' shows what it consists of"],
  },
};

/** Turns an error of the driver into one for the operator; SQLite's own text, which may hold values, is dropped. */
export function explainSqliteError(error: unknown, location: string): unknown {
  if (!(error instanceof Database.SqliteError)) return error;
  const lost = lostTableOf(error);
  if (lost !== undefined) return ledgerAltered(lost, location);
  const known = Object.keys(explanations)
    .filter((code) => error.code.startsWith(code))
    .sort((one, other) => other.length - one.length)[0];
  const explanation = known === undefined ? undefined : explanations[known];
  if (!explanation) {
    return new KeyturnError({
      code: 'KT_UNEXPECTED',
      reason: 'unexpected',
      message: `SQLite reports ${error.code} for "${location}"`,
      hints: ['keyturn status', 'run the same command again with --debug to see where it comes from'],
    });
  }
  const { says, ...description } = explanation;
  return new KeyturnError({
    ...description,
    message: `cannot use "${location}": ${says} (${error.code})`,
    hints: description.hints.map((hint) => hint.replaceAll(/\bFILE\b/gu, () => shellWord(location))),
  });
}

/** The table of the ledger that is not there. Where `keyturn_meta` is gone, the others seem to be new and are there already. */
function lostTableOf({ message }: Error): string | undefined {
  if (/^table "?keyturn_\w+"? already exists$/u.test(message)) return 'keyturn_meta';
  return /^no such table: (?:\w+\.)?(keyturn_\w+)$/u.exec(message)?.[1];
}

/** Somebody has dropped a part of the ledger; a trigger that it has left behind may name it, too. */
function ledgerAltered(table: string, location: string): KeyturnError {
  return new KeyturnError({
    code: 'KT_LEDGER_ALTERED',
    reason: 'verificationFailed',
    message: `the ledger in "${location}" lacks its table ${table}: somebody has dropped it`,
    hints: [
      'keyturn doctor   # lists the triggers that a lost ledger has left',
      'restore the table from a backup; or drop every table named keyturn_..., and begin anew without what they knew',
    ],
  });
}

/** Tells whether trying again later may help. */
export function isBusy(error: unknown): boolean {
  return error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY');
}

/** Tells whether the schema refused a row: a constraint, or a trigger that raised an error. */
export function isRefusal(error: unknown): boolean {
  return error instanceof Database.SqliteError && /^SQLITE_(CONSTRAINT|TOOBIG|MISMATCH)/u.test(error.code);
}

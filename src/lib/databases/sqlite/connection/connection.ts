import { existsSync, lstatSync, realpathSync, statSync, type Stats } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import type { SqliteIdentity } from '../../../model/databases/database-identity.ts';
import { KeyturnError } from '../../../model/keyturn-error.ts';
import { reached } from '../../../model/runs/step.ts';
import { shellWord } from '../../../model/texts/shell-word.ts';
import { explainSqliteError, isBusy } from './errors.ts';
import { refuseForeignLog } from './refuse-foreign-log.ts';
import { cacheStatements, type StatementCache } from './statements.ts';

/** `read` opens the file read-only. */
export type DatabaseAccess = 'read' | 'write';

/** One connection to a SQLite file. */
export interface SqliteConnection {
  readonly database: Database.Database;
  readonly statements: StatementCache;
  readonly identity: SqliteIdentity;
  /** Runs `work`; waits while another process holds the lock, and explains every error. */
  attempt<Result>(work: () => Result | Promise<Result>): Promise<Result>;
  /**
   * Throws `KT_DATABASE_REPLACED` when another file, none, or an emptied one is where this one was opened, or one of fewer than
   * `leastBytes`: no transaction makes a file smaller before its commit. Gives the size of the file.
   */
  refuseReplaced(leastBytes?: number): number;
  close(): void;
}

/** How long one statement waits for a lock inside SQLite before it is our turn to wait, in milliseconds. */
const busyMilliseconds = 50;

/** How long we wait for a lock altogether before the command gives up, in milliseconds. */
const defaultTimeoutMilliseconds = 30_000;

/**
 * Pages kept in memory, in KiB. A walk reads every page once, in order; what comes back are the pages of the chunk at
 * hand and the upper pages of its trees.
 */
const cacheKibibytes = 4096;

/** Opens an existing SQLite file; a missing one is an error, never created. */
export async function openConnection(
  path: string,
  access: DatabaseAccess,
  timeoutMilliseconds = defaultTimeoutMilliseconds,
): Promise<SqliteConnection> {
  const identity = identify(path);
  if (access === 'write') refuseSeveralNames(identity.location);
  refuseForeignLog(identity.location);
  const attempt = createAttempt(identity.location, timeoutMilliseconds);
  const database = await attempt(
    () =>
      new Database(identity.location, {
        readonly: access === 'read',
        fileMustExist: true,
        timeout: busyMilliseconds,
      }),
  );
  try {
    // The first read finds out whether the file is a database, and recovers what a killed process left if it may.
    await attempt(() => database.prepare('SELECT count(*) FROM sqlite_schema').get());
    if (access === 'write') await attempt(() => database.pragma('synchronous = FULL'));
    database.pragma(`cache_size = -${String(cacheKibibytes)}`);
  } catch (error) {
    database.close();
    throw error;
  }
  const isEmpty = createEmptinessTest(database);
  return {
    database,
    statements: cacheStatements(database),
    identity,
    attempt,
    refuseReplaced(leastBytes = 0) {
      const file = statSync(identity.location, { throwIfNoEntry: false });
      if (!file || fileIdOf(file) !== identity.fileId) throw replaced(identity.location);
      // A backup is being copied over the file, which begins by emptying it: a commit would write an empty first page.
      if (isEmpty()) throw replaced(identity.location);
      // With a write-ahead log somebody's checkpoint may have made it smaller.
      if (file.size < leastBytes && !existsSync(`${identity.location}-wal`))
        throw replaced(identity.location);
      return file.size;
    },
    close() {
      database.close();
      if (access === 'read') removeEmptyLog(identity.location);
    },
  };
}

/**
 * Reading a database in WAL mode creates an empty log and its index, and a read-only connection cannot remove them:
 * they would stay, owned by whoever read. A connection that may write removes them when it is the last one; SQLite
 * itself finds out whether it is. Nothing is in the log, so that the database file stays as it is.
 */
function removeEmptyLog(location: string): void {
  if (statSync(`${location}-wal`, { throwIfNoEntry: false })?.size !== 0) return;
  try {
    const database = new Database(location, { fileMustExist: true, timeout: 0 });
    try {
      database.prepare('SELECT count(*) FROM sqlite_schema').get();
    } finally {
      database.close();
    }
  } catch {
    // Somebody else uses the database, and its log.
  }
}

/** An empty database in memory. */
export function openMemoryConnection(): SqliteConnection {
  const database = new Database(':memory:');
  const identity: SqliteIdentity = { kind: 'sqlite', location: ':memory:', fileId: '' };
  return {
    database,
    statements: cacheStatements(database),
    identity,
    attempt: createAttempt(':memory:', 0),
    refuseReplaced: () => 0,
    close() {
      database.close();
    },
  };
}

/** Tries again while another process holds the lock, with growing pauses, until its timeout. */
function createAttempt(location: string, timeoutMilliseconds: number): SqliteConnection['attempt'] {
  return async (work) => {
    const deadline = performance.now() + timeoutMilliseconds;
    for (let pause = 1; ; pause = Math.min(pause * 2, 50)) {
      try {
        return await work();
      } catch (error) {
        if (!isBusy(error) || performance.now() > deadline) throw explainSqliteError(error, location);
      }
      reached('turned away');
      await sleep(pause * (0.5 + Math.random()));
    }
  };
}

function identify(path: string): SqliteIdentity {
  let file: Stats;
  let location: string;
  try {
    location = realpathSync(path);
    file = statSync(location);
  } catch (error) {
    throw missing(path, error);
  }
  if (!file.isFile()) throw unavailable(`"${path}" is not a file`, ['keyturn plan --database sqlite:FILE']);
  return { kind: 'sqlite', location, fileId: fileIdOf(file) };
}

/** Names a file whatever its path: device and inode. */
function fileIdOf({ dev, ino }: Stats): string {
  return `${String(dev)}:${String(ino)}`;
}

/** Nothing but a new file has a schema of version 0, unless somebody has set it: then there is something in it. */
function createEmptinessTest(database: Database.Database): () => boolean {
  const version = database.prepare<[], number>('PRAGMA schema_version').pluck();
  return () =>
    version.get() === 0 && database.prepare('SELECT 1 FROM sqlite_schema LIMIT 1').get() === undefined;
}

/** SQLite itself notices only in rollback-journal mode. */
function replaced(location: string): unknown {
  return explainSqliteError(new Database.SqliteError('', 'SQLITE_READONLY_DBMOVED'), location);
}

/**
 * SQLite names log and journal after the path a file was opened by: two processes that reach one file by two hard
 * links do not see each other's, and overwrite each other (https://sqlite.org/howtocorrupt.html#multiple_links_to_file).
 */
function refuseSeveralNames(location: string): void {
  const { nlink } = statSync(location);
  if (nlink === 1) return;
  throw unavailable(
    `"${location}" is one of ${String(nlink)} hard links to the same file, and SQLite writes safely to a file of one name only`,
    [
      `find the others: find / -xdev -samefile ${shellWord(location)}`,
      'with the application stopped, remove those that nobody uses; a snapshot made of hard links is no backup',
    ],
  );
}

function missing(path: string, cause: unknown): KeyturnError {
  return unavailable(
    `cannot open the database "${path}": ${whyMissing(path, cause)}; keyturn never creates one`,
    [`ls -l ${shellWord(path)}`],
  );
}

function whyMissing(path: string, cause: unknown): string {
  if ((cause as NodeJS.ErrnoException).code === 'EACCES') return 'this user may not enter its folder';
  const isLink = lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
  return isLink ? 'its link leads nowhere' : 'there is no such file';
}

function unavailable(message: string, hints: readonly string[]): KeyturnError {
  return new KeyturnError({ code: 'KT_DATABASE_UNAVAILABLE', reason: 'databaseUnavailable', message, hints });
}

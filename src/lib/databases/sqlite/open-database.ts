import type { Dialect } from 'kysely';
import type { LedgerWriter } from '../../ledger/ledger.ts';
import type { JournalMode } from '../../model/databases/journal-mode.ts';
import { reached } from '../../model/runs/step.ts';
import type { Pacing, TargetDatabase, TargetTransaction } from '../target-database.ts';
import type { TargetTable } from '../target-table.ts';
import { createColumnPairs } from './columns/column-pairs.ts';
import { createIndexColumns } from './columns/index-columns.ts';
import { listInstalledTriggers } from './columns/installed-triggers.ts';
import { refuseKeylessRows } from './columns/pair-triggers.ts';
import { createGuard, dropGuard, listGuardTriggers, unguarded } from './columns/write-guard.ts';
import { createCommitWatch } from './connection/commit-watch.ts';
import {
  openConnection,
  openMemoryConnection,
  type DatabaseAccess,
  type SqliteConnection,
} from './connection/connection.ts';
import { createLogKeeper, leaveLogToKeeper } from './connection/log-keeper.ts';
import { processesWithOpenFile } from './connection/other-processes.ts';
import { readTextEncoding } from './connection/text-encoding.ts';
import { readDiskSpace } from './health/disk-space.ts';
import { countLock, readMetrics, type LockCounts } from './health/metrics.ts';
import { LedgerDialect } from './ledger/ledger-dialect.ts';
import { retryReads } from './ledger/retrying-ledger.ts';
import { openTableReader, type SqliteTable } from './reading/table-reader.ts';
import { listDependants } from './schema/column-dependants.ts';
import { listForeignKeys } from './schema/foreign-keys.ts';
import { findNullRefusal } from './schema/null-refusal.ts';
import { listTables } from './schema/schema.ts';
import { createScrubber } from './scrubbing/scrubber.ts';
import { openCellWriter, type CellWriter } from './writing/cell-writer.ts';

/** Makes the ledger over a connection; the adapter knows how to reach it, not what is in it. */
export type LedgerFactory = (dialect: Dialect) => LedgerWriter;

/** How a SQLite database is opened. */
export interface SqliteOptions {
  readonly path: string;
  readonly access: DatabaseAccess;
  /** `shared`: other processes work on it meanwhile; `exclusive`: they are stopped. */
  readonly use: 'shared' | 'exclusive';
  readonly createLedger: LedgerFactory;
  /** For a file without a write-ahead log; one with a log keeps it, because that is a property of the file. */
  readonly journalMode?: JournalMode;
  /** Whether what is deleted stays in free pages, as it does by default, or is overwritten. */
  readonly deleted?: 'left' | 'overwritten';
  /** How long to wait while others hold the lock; 30 s by default. */
  readonly timeoutMilliseconds?: number;
}

const pacings: Readonly<Record<SqliteOptions['use'], Pacing>> = {
  shared: { initialRows: 500, maximumRows: 1000, maximumBytes: 1024 * 1024, targetMilliseconds: 4, lanes: 1 },
  exclusive: {
    initialRows: 1000,
    maximumRows: 1000,
    maximumBytes: 1024 * 1024,
    targetMilliseconds: null,
    lanes: 1,
  },
};

/** Opens an existing SQLite file as a target database. */
export async function openSqliteDatabase(options: SqliteOptions): Promise<TargetDatabase> {
  const connection = await openConnection(options.path, options.access, options.timeoutMilliseconds);
  if (options.access === 'write' && options.use === 'shared') leaveLogToKeeper(connection);
  if (options.access === 'write' && options.journalMode) keepJournal(connection, options.journalMode);
  if (options.deleted === 'overwritten') connection.database.pragma('secure_delete = ON');
  return openOverConnection(connection, pacings[options.use], options.createLedger);
}

/** Changes how this connection alone keeps its journal. */
function keepJournal({ database }: SqliteConnection, mode: JournalMode): void {
  if (database.pragma('journal_mode', { simple: true }) === 'wal') return;
  database.pragma(`journal_mode = ${mode}`);
}

/** A database in memory, gone when it is closed: the ledger of a rehearsal. */
export function openMemoryDatabase(createLedger: LedgerFactory): TargetDatabase {
  return openOverConnection(openMemoryConnection(), pacings.exclusive, createLedger);
}

/** A target database over a connection that is open already; closing the one closes the other. */
export function openOverConnection(
  connection: SqliteConnection,
  pacing: Pacing,
  createLedger: LedgerFactory,
): TargetDatabase {
  const { database, identity } = connection;
  const ledger = createLedger(new LedgerDialect(database));
  const counts: LockCounts = { transactions: 0, refusedTransactions: 0 };
  const tables = createTableRegister(connection);
  const layoutVersion = (): Promise<string> =>
    connection.attempt(() => String(database.pragma('schema_version', { simple: true })));
  return {
    identity,
    pacing,
    ledger: retryReads(connection, ledger),
    listTables: () => connection.attempt(() => listTables(database)),
    openTable: tables.open,
    transaction: createTransactions(connection, counts, {
      ledger,
      layoutVersion,
      readRows: (table, keys) => tables.find(table).reader.readRows(keys),
      replaceCells: (table, cells) =>
        Promise.resolve(unguarded(database, () => tables.find(table).writer().replaceCells(cells))),
      pairs: createColumnPairs(connection),
      indexes: createIndexColumns(connection),
      guards: {
        create(id, order) {
          createGuard(database, id, order);
          return Promise.resolve();
        },
        drop(id) {
          dropGuard(database, id);
          return Promise.resolve();
        },
      },
    }),
    layoutVersion,
    diskSpace: () => readDiskSpace(identity.location),
    keepLogShort: createLogKeeper(connection),
    foreignCommitSeen: createCommitWatch(connection),
    metrics: () => readMetrics(identity.location, counts),
    listDependants: (column) => connection.attempt(() => listDependants(database, column)),
    listForeignKeys: () => connection.attempt(() => listForeignKeys(database)),
    refuseKeylessRows: (table) =>
      connection.attempt(() => {
        refuseKeylessRows(database, table);
      }),
    findNullRefusal: (column) => connection.attempt(() => findNullRefusal(database, column)),
    listGuardTriggers: () =>
      connection.attempt(() => listGuardTriggers(database).map((name) => ({ name, column: null }))),
    listInstalledTriggers: () => connection.attempt(() => listInstalledTriggers(database)),
    otherProcesses: () => processesWithOpenFile(identity.location),
    scrubber: createScrubber(connection),
    textEncoding: () => connection.attempt(() => readTextEncoding(connection)),
    close() {
      connection.close();
      return Promise.resolve();
    },
  };
}

interface TableRegister {
  readonly open: TargetDatabase['openTable'];
  find(table: TargetTable): { readonly reader: SqliteTable; readonly writer: () => CellWriter };
}

/** Remembers what stands behind each table that was handed out. */
function createTableRegister(connection: SqliteConnection): TableRegister {
  const tables = new WeakMap<TargetTable, ReturnType<TableRegister['find']>>();
  return {
    open(table, columns, canonicalKeys = 'ignored') {
      const reader = openTableReader(connection, { table, columns, canonicalKeys });
      let prepared: CellWriter | undefined;
      const writer = (): CellWriter => (prepared ??= openCellWriter(connection, table, columns));
      tables.set(reader, { reader, writer });
      return reader;
    },
    find(table) {
      const found = tables.get(table);
      if (!found) throw new Error(`table "${table.table}" was opened by another database`);
      return found;
    },
  };
}

/** Runs one transaction after the other; one that meets a lock is rolled back and run again. */
function createTransactions(
  connection: SqliteConnection,
  counts: LockCounts,
  tools: TargetTransaction,
): TargetDatabase['transaction'] {
  const { database } = connection;
  let queue: Promise<unknown> = Promise.resolve();

  async function runOnce<Result>(work: (transaction: TargetTransaction) => Promise<Result>): Promise<Result> {
    countLock(counts, () => database.exec('BEGIN IMMEDIATE'));
    reached('transaction begun');
    try {
      const bytes = connection.refuseReplaced();
      const result = await work(tools);
      reached('before commit');
      connection.refuseReplaced(bytes);
      await connection.attempt(() => database.exec('COMMIT'));
      reached('after commit');
      return result;
    } catch (error) {
      if (database.inTransaction) database.exec('ROLLBACK');
      throw error;
    }
  }

  return (work) => {
    const result = queue.then(() => connection.attempt(() => runOnce(work)));
    queue = result.catch(() => undefined);
    return result;
  };
}

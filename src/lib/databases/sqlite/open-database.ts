import type { Dialect } from 'kysely';
import type { LedgerWriter } from '../../ledger/ledger.ts';
import { reached } from '../../model/step.ts';
import type { Pacing, TargetDatabase, TargetTable, TargetTransaction } from '../target-database.ts';
import { openCellWriter, type CellWriter } from './cell-writer.ts';
import {
  openConnection,
  openMemoryConnection,
  type DatabaseAccess,
  type SqliteConnection,
} from './connection.ts';
import { ledgerDialect } from './ledger-dialect.ts';
import { processesWithOpenFile } from './other-processes.ts';
import { listTables } from './schema.ts';
import { openTableReader, type SqliteTable } from './table-reader.ts';

/** Makes the ledger over a connection; the adapter knows how to reach it, not what is in it. */
export type LedgerFactory = (dialect: Dialect) => LedgerWriter;

/** How a SQLite database is opened. */
export interface SqliteOptions {
  readonly path: string;
  readonly access: DatabaseAccess;
  /** `shared`: other processes work on it meanwhile; `exclusive`: they are stopped. */
  readonly use: 'shared' | 'exclusive';
  readonly createLedger: LedgerFactory;
}

const pacings: Readonly<Record<SqliteOptions['use'], Pacing>> = {
  shared: { initialRows: 500, maximumRows: 1000, maximumBytes: 1024 * 1024, targetMilliseconds: 4 },
  exclusive: {
    initialRows: 1000,
    maximumRows: 1000,
    maximumBytes: 16 * 1024 * 1024,
    targetMilliseconds: null,
  },
};

/** Opens an existing SQLite file as a target database. */
export async function openSqliteDatabase(options: SqliteOptions): Promise<TargetDatabase> {
  const connection = await openConnection(options.path, options.access);
  if (options.access === 'write' && options.use === 'shared') {
    connection.database.pragma(`wal_autocheckpoint = ${10 * framesToWriteBack}`);
  }
  return assemble(connection, pacings[options.use], options.createLedger);
}

/** A database in memory, gone when it is closed: the ledger of a rehearsal. */
export function openMemoryDatabase(createLedger: LedgerFactory): TargetDatabase {
  return assemble(openMemoryConnection(), pacings.exclusive, createLedger);
}

function assemble(connection: SqliteConnection, pacing: Pacing, createLedger: LedgerFactory): TargetDatabase {
  const { database, identity } = connection;
  const ledger = createLedger(ledgerDialect(database));
  const tables = createTableRegister(connection);
  let seenVersion = dataVersion(connection);
  const layoutVersion = (): Promise<string> =>
    connection.attempt(() => String(database.pragma('schema_version', { simple: true })));
  return {
    identity,
    pacing,
    ledger,
    listTables: () => connection.attempt(() => listTables(database)),
    openTable: tables.open,
    transaction: createTransactions(connection, {
      ledger,
      layoutVersion,
      readRows: (table, keys) => Promise.resolve(tables.find(table).reader.readRows(keys)),
      replaceCells: (table, cells) => Promise.resolve(tables.find(table).writer.replaceCells(cells)),
    }),
    layoutVersion,
    keepLogShort: createLogKeeper(connection),
    foreignCommitSeen() {
      const version = dataVersion(connection);
      const seen = version !== seenVersion;
      seenVersion = version;
      return seen;
    },
    otherProcesses: () => processesWithOpenFile(identity.location),
    close() {
      connection.close();
      return Promise.resolve();
    },
  };
}

interface TableRegister {
  readonly open: (table: string, columns: readonly string[]) => TargetTable;
  find(table: TargetTable): { readonly reader: SqliteTable; readonly writer: CellWriter };
}

/** Remembers what stands behind each table that was handed out. */
function createTableRegister(connection: SqliteConnection): TableRegister {
  const tables = new WeakMap<TargetTable, ReturnType<TableRegister['find']>>();
  return {
    open(table, columns) {
      const reader = openTableReader(connection, table, columns);
      tables.set(reader, { reader, writer: openCellWriter(connection, table, columns) });
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
  tools: TargetTransaction,
): TargetDatabase['transaction'] {
  const { database } = connection;
  let queue: Promise<unknown> = Promise.resolve();

  async function runOnce<Result>(work: (transaction: TargetTransaction) => Promise<Result>): Promise<Result> {
    database.exec('BEGIN IMMEDIATE');
    reached('transaction begun');
    try {
      const result = await work(tools);
      reached('before commit');
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

/** Frames of the log that are not in the database yet, from which on we write them back: others do so from 1,000 on. */
const framesToWriteBack = 400;

/**
 * The commit that makes a WAL file longer than 1,000 frames also writes it back, which can take long. Ours are the
 * most frames, so it is for us to do it, between our transactions, where it holds no lock.
 */
function createLogKeeper(connection: SqliteConnection): TargetDatabase['keepLogShort'] {
  const { database } = connection;
  const checkpoint = (mode: 'NOOP' | 'PASSIVE'): Checkpoint =>
    (database.pragma(`wal_checkpoint(${mode})`) as readonly [Checkpoint])[0];
  return () =>
    connection.attempt(() => {
      const { log, checkpointed } = checkpoint('NOOP');
      if (log - checkpointed >= framesToWriteBack) checkpoint('PASSIVE');
    });
}

/** Frames in the log and in the database; -1 where there is no log. */
interface Checkpoint {
  readonly log: number;
  readonly checkpointed: number;
}

/** Changes when another connection commits, not when this one does. */
function dataVersion({ database }: SqliteConnection): unknown {
  return database.pragma('data_version', { simple: true });
}

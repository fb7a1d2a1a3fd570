import { SqliteDialect, type Dialect } from 'kysely';
import type { LedgerWriter } from '../../ledger/ledger.ts';
import type { Pacing, TargetDatabase, TargetTable, TargetTransaction } from '../target-database.ts';
import { reached } from '../../model/step.ts';
import { openCellWriter, type CellWriter } from './cell-writer.ts';
import { openConnection, type DatabaseAccess, type SqliteConnection } from './connection.ts';
import { processesWithOpenFile } from './other-processes.ts';
import { listTables } from './schema.ts';
import { openTableReader, type SqliteTable } from './table-reader.ts';

/** How a SQLite database is opened. */
export interface SqliteOptions {
  readonly path: string;
  readonly access: DatabaseAccess;
  /** `shared`: other processes work on it meanwhile; `exclusive`: they are stopped. */
  readonly use: 'shared' | 'exclusive';
  readonly createLedger: (dialect: Dialect) => LedgerWriter;
}

const pacings: Readonly<Record<SqliteOptions['use'], Pacing>> = {
  shared: { initialRows: 1000, maximumRows: 4000, targetMilliseconds: 25 },
  exclusive: { initialRows: 1000, maximumRows: 1000, targetMilliseconds: null },
};

interface OpenedTable {
  readonly reader: SqliteTable;
  readonly writer: CellWriter;
}

/** Opens an existing SQLite file as a target database. */
export async function openSqliteDatabase(options: SqliteOptions): Promise<TargetDatabase> {
  const connection = await openConnection(options.path, options.access);
  const { database, identity } = connection;
  const ledger = options.createLedger(ledgerDialect(connection));
  const tables = new WeakMap<TargetTable, OpenedTable>();
  let queue: Promise<unknown> = Promise.resolve();
  let seenVersion = dataVersion(connection);

  function opened(table: TargetTable): OpenedTable {
    const found = tables.get(table);
    if (!found) throw new Error(`table "${table.table}" was opened by another database`);
    return found;
  }

  const layoutVersion = (): Promise<string> =>
    connection.attempt(() => String(database.pragma('schema_version', { simple: true })));

  const transactionTools: TargetTransaction = {
    ledger,
    layoutVersion,
    readRows: (table, keys) => Promise.resolve(opened(table).reader.readRows(keys)),
    replaceCells: (table, replacements) => Promise.resolve(opened(table).writer.replaceCells(replacements)),
  };

  async function runTransaction<Result>(
    work: (transaction: TargetTransaction) => Promise<Result>,
  ): Promise<Result> {
    database.exec('BEGIN IMMEDIATE');
    reached('transaction begun');
    try {
      const result = await work(transactionTools);
      reached('before commit');
      await connection.attempt(() => database.exec('COMMIT'));
      reached('after commit');
      return result;
    } catch (error) {
      if (database.inTransaction) database.exec('ROLLBACK');
      throw error;
    }
  }

  return {
    identity,
    pacing: pacings[options.use],
    ledger,
    listTables: () => connection.attempt(() => listTables(database)),
    openTable(table, columns) {
      const reader = openTableReader(connection, table, columns);
      tables.set(reader, { reader, writer: openCellWriter(connection, table, columns) });
      return reader;
    },
    transaction(work) {
      const result = queue.then(() => connection.attempt(() => runTransaction(work)));
      queue = result.catch(() => undefined);
      return result;
    },
    layoutVersion,
    foreignCommitSeen() {
      const version = dataVersion(connection);
      const seen = version !== seenVersion;
      seenVersion = version;
      return seen;
    },
    otherProcesses: () => processesWithOpenFile(identity.location),
    close() {
      database.close();
      return Promise.resolve();
    },
  };
}

/** Changes when another connection commits, not when this one does. */
function dataVersion({ database }: SqliteConnection): unknown {
  return database.pragma('data_version', { simple: true });
}

/** Lets the ledger's statements run on the connection that carries the rows. Prepares each text once. */
function ledgerDialect({ database }: SqliteConnection): Dialect {
  const statements = new Map<string, ReturnType<typeof database.prepare>>();
  return new SqliteDialect({
    database: {
      close: () => undefined,
      prepare(sql) {
        let statement = statements.get(sql);
        if (!statement) {
          statement = database.prepare(sql);
          statements.set(sql, statement);
        }
        return statement;
      },
    },
  });
}

import type { LedgerReader } from '../../../ledger/ledger.ts';
import type { SqliteConnection } from '../connection/connection.ts';

/** The ledger as it is read outside transactions, where another process may hold the lock. */
export function retryReads(connection: SqliteConnection, ledger: LedgerReader): LedgerReader {
  const attempt: SqliteConnection['attempt'] = (work) => connection.attempt(work);
  return {
    listMigrations: () => attempt(() => ledger.listMigrations()),
    findMigration: (id) => attempt(() => ledger.findMigration(id)),
    listLeases: () => attempt(() => ledger.listLeases()),
    listEvents: (migrationId) => attempt(() => ledger.listEvents(migrationId)),
    readChainHead: () => attempt(() => ledger.readChainHead()),
    readOrders: (workerId) => attempt(() => ledger.readOrders(workerId)),
    readProgress: (migrationId) => attempt(() => ledger.readProgress(migrationId)),
    readShares: (workerIds) => attempt(() => ledger.readShares(workerIds)),
    readPace: (migrationId) => attempt(() => ledger.readPace(migrationId)),
    listIssues: (migrationId, filter) => attempt(() => ledger.listIssues(migrationId, filter)),
    groupIssues: (migrationId) => attempt(() => ledger.groupIssues(migrationId)),
    findPublication: (migrationId) => attempt(() => ledger.findPublication(migrationId)),
    listGuards: () => attempt(() => ledger.listGuards()),
    listPairs: () => attempt(() => ledger.listPairs()),
    listIndexes: () => attempt(() => ledger.listIndexes()),
    countWriters: (pair) => attempt(() => ledger.countWriters(pair)),
    countMarks: (pair, side) => attempt(() => ledger.countMarks(pair, side)),
    findKeptCells: (digests) => attempt(() => ledger.findKeptCells(digests)),
    listSamples: (migrationId) => attempt(() => ledger.listSamples(migrationId)),
    countKeptCells: (migrationId) => attempt(() => ledger.countKeptCells(migrationId)),
  };
}

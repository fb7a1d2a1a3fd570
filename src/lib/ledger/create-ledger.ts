import { Kysely, type Dialect } from 'kysely';
import { recordCensus } from './events/census-record.ts';
import { listEvents, readChainHead } from './events/event-chain.ts';
import type { LedgerWriter } from './ledger.ts';
import { installLedger, readSchemaVersion, refuseNewer } from './schema/install.ts';
import type { LedgerTables } from './schema/tables.ts';
import { createChunkStore } from './stores/chunk-store.ts';
import { forgetGuard, listGuards, recordGuard } from './stores/guard-store.ts';
import { createIndexStore } from './stores/index-store.ts';
import { groupIssues, listIssues } from './stores/issue-list.ts';
import { settleIssues } from './stores/issue-store.ts';
import {
  changeState,
  createMigration,
  findMigration,
  listMigrations,
  noteBackup,
  noteContract,
} from './stores/migration-store.ts';
import { giveOrder, limitSpeed, readOrders } from './stores/order-store.ts';
import { createPairStore } from './stores/pair-store.ts';
import { beginPass, finishPass, noteFingerprint, noteLayout } from './stores/pass-store.ts';
import { readPace, readProgress, readShares } from './stores/progress-store.ts';
import { findPublication, notePublication } from './stores/publication-store.ts';
import { createRunWriter, listLeases } from './stores/run-store.ts';
import { createSampleWriter, listSamples } from './stores/sample-store.ts';
import {
  countKeptCells,
  dropKeptCells,
  findKeptCells,
  keepCells,
  noteUndo,
  noteUndoDrop,
} from './stores/undo-store.ts';

/**
 * The ledger over one connection; the database adapter decides in which transaction its statements run, and in which
 * schema its tables are, where the database has several.
 */
export function createLedger(dialect: Dialect, schema?: string): LedgerWriter {
  const connection = new Kysely<LedgerTables>({ dialect });
  const tables = schema === undefined ? connection : connection.withSchema(schema);
  let known = false;
  async function ifInstalled<Result>(empty: Result, read: () => Promise<Result>): Promise<Result> {
    if (!known) {
      const version = await readSchemaVersion(tables);
      refuseNewer(version);
      if (version === 0) return empty;
      known = true;
    }
    return read();
  }
  return {
    listMigrations: () => ifInstalled([], () => listMigrations(tables)),
    findMigration: (id) => ifInstalled(undefined, () => findMigration(tables, id)),
    listLeases: () => ifInstalled([], () => listLeases(tables)),
    listEvents: (migrationId) => ifInstalled([], () => listEvents(tables, migrationId)),
    readChainHead: () => ifInstalled(undefined, () => readChainHead(tables)),
    readOrders: (workerId) => readOrders(tables, workerId),
    readProgress: (migrationId) => ifInstalled([], () => readProgress(tables, migrationId)),
    readShares: (workerIds) => readShares(tables, workerIds),
    readPace: (migrationId) => ifInstalled({ rows: 0, milliseconds: 0 }, () => readPace(tables, migrationId)),
    listIssues: (migrationId, filter) => ifInstalled([], () => listIssues(tables, migrationId, filter)),
    groupIssues: (migrationId) => ifInstalled([], () => groupIssues(tables, migrationId)),
    findKeptCells: (digests) => findKeptCells(tables, digests),
    findPublication: (migrationId) => ifInstalled(undefined, () => findPublication(tables, migrationId)),
    listGuards: () => ifInstalled([], () => listGuards(tables)),
    countKeptCells: (migrationId) => ifInstalled(0, () => countKeptCells(tables, migrationId)),
    listSamples: (migrationId) => ifInstalled([], () => listSamples(tables, migrationId)),
    install: () => installLedger(tables),
    createMigration: (plan, origin) => createMigration(tables, plan, origin),
    changeState: (change) => changeState(tables, change),
    giveOrder: (order) => giveOrder(tables, order),
    limitSpeed: (limits) => limitSpeed(tables, limits),
    recordCensus: (record) => recordCensus(tables, record),
    notePublication: (note) => notePublication(tables, note),
    noteBackup: (note) => noteBackup(tables, note),
    noteContract: (note) => noteContract(tables, note),
    ...createRunWriter(tables),
    beginPass: (start) => beginPass(tables, start),
    finishPass: (claimant) => finishPass(tables, claimant),
    recordGuard: (order, actor) => recordGuard(tables, order, actor),
    forgetGuard: (guard, actor) => forgetGuard(tables, guard, actor),
    noteFingerprint: (targetId, fingerprint) => noteFingerprint(tables, targetId, fingerprint),
    noteUndo: (note) => noteUndo(tables, note),
    keepCells: (targetId, cells) => keepCells(tables, targetId, cells),
    noteUndoDrop: (actor) => noteUndoDrop(tables, actor),
    dropKeptCells: (most) => dropKeptCells(tables, most),
    settleIssues: (settled) => settleIssues(tables, settled),
    noteLayout: (targetId, layoutVersion) => noteLayout(tables, targetId, layoutVersion),
    ...createSampleWriter(tables),
    ...createPairStore(tables),
    ...createIndexStore(tables),
    ...createChunkStore(tables),
  };
}

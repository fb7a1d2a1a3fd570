import type { Dialect } from 'kysely';
import type { LedgerWriter } from '../../ledger/ledger.ts';
import type { PlacedColumn } from '../../model/columns/placed-column.ts';
import type { PostgresLocation } from '../../model/databases/database-location.ts';
import { serverUrls } from '../../model/databases/server-urls.ts';
import type { ColumnDependant } from '../../model/schema/column-dependant.ts';
import { parentsFirst } from '../parents-first.ts';
import type { Pacing, TargetDatabase, TargetTransaction } from '../target-database.ts';
import { createColumnPairs } from './columns/column-pairs.ts';
import { buildIndexesConcurrently } from './columns/concurrent-indexes.ts';
import { createIndexColumns } from './columns/index-columns.ts';
import { listInstalledTriggers } from './columns/installed-triggers.ts';
import { guardsOn, listGuardTriggers, readGuardCounts } from './columns/write-guard.ts';
import { probeCapabilities, refuseWaitingLocks, type Capabilities } from './connection/capabilities.ts';
import { explainPostgresError } from './connection/errors.ts';
import { identify } from './connection/identity.ts';
import { refuseTransactionPooling } from './connection/pooler.ts';
import {
  openSession,
  type DatabaseAccess,
  type PostgresSession,
  type SessionOptions,
} from './connection/session.ts';
import { listSessionsOfOthers } from './connection/sessions-of-others.ts';
import { answersTrue, readLoad, readMetrics } from './health/server-load.ts';
import { readServerReport } from './health/server-report.ts';
import { LedgerDialect } from './ledger/ledger-dialect.ts';
import { findLedgerSchema } from './ledger/ledger-schema.ts';
import { readLocked } from './reading/read-locked.ts';
import { createTableRegister, type TableRegister } from './reading/table-register.ts';
import { listDependants } from './schema/column-dependants.ts';
import { listFilledCopies } from './schema/filled-copies.ts';
import { listForeignKeys } from './schema/foreign-keys.ts';
import { readDatabaseLayout, readLayout } from './schema/layout.ts';
import { findNullRefusal } from './schema/null-refusal.ts';
import { listOtherRelations } from './schema/other-relations.ts';
import { refuseUnreadableTexts } from './schema/readable-texts.ts';
import { describeTable, readShapes } from './schema/schema.ts';
import { createScrubber, readTextEncoding } from './scrubbing/scrubber.ts';
import { numberedTransactions, notedTransactions } from './transactions/commit-evidence.ts';
import type { LaneOptions } from './transactions/lane.ts';
import { openLanes, type Lanes } from './transactions/open-lanes.ts';
import { advisoryLock, ledgerRowLock } from './transactions/transaction-lock.ts';
import { createTransactions, type TransactionStrategy } from './transactions/transactions.ts';
import { replaceCells, type WritingCare } from './writing/cell-writer.ts';

/** Makes the ledger over a connection, in a schema; the adapter knows how to reach it, not what is in it. */
type LedgerFactory = (dialect: Dialect, schema: string) => LedgerWriter;

/** How a PostgreSQL database is opened. */
export interface PostgresOptions {
  readonly location: PostgresLocation;
  readonly access: DatabaseAccess;
  readonly triggers: SessionOptions['triggers'];
  /** `shared`: an application works on it meanwhile; `exclusive`: it is stopped. */
  readonly use: 'shared' | 'exclusive';
  /** How many transactions of a run go side by side, each on a connection of its own; by default it depends on the machine. */
  readonly connections?: number | undefined;
  readonly createLedger: LedgerFactory;
}

const pacings: Readonly<Record<PostgresOptions['use'], Omit<Pacing, 'lanes'>>> = {
  shared: { initialRows: 500, maximumRows: 2000, maximumBytes: 1024 * 1024, targetMilliseconds: 50 },
  exclusive: { initialRows: 3000, maximumRows: 3000, maximumBytes: 1024 * 1024, targetMilliseconds: null },
};

/** Opens an existing PostgreSQL database as a target database. */
export async function openPostgresDatabase(options: PostgresOptions): Promise<TargetDatabase> {
  const { location, use, access, connections } = options;
  const connect = (): Promise<PostgresSession> => openSession(location, options);
  const session = await connect().catch((error: unknown) => {
    throw explainPostgresError(error, nameOf(location));
  });
  try {
    const identity = await identify(session);
    await refuseTransactionPooling(session, connect);
    const capabilities = await probeCapabilities(session);
    if (access === 'write') await refuseWaitingLocks(session, capabilities);
    const ledgerSchema = await findLedgerSchema(session);
    const laneOptions = { connect, location: identity.location };
    const lanes = await openLanes(laneOptions, session, { access, use, capabilities, connections });
    const parts = { ...options, ...laneOptions, ...lanes, ledgerSchema, capabilities };
    return { identity, pacing: { ...pacings[use], lanes: lanes.count }, ...assemble(parts) };
  } catch (error) {
    await session.close();
    throw explainPostgresError(error, nameOf(location));
  }
}

/** The database in messages, before the server was asked: without user and password. */
function nameOf({ url }: PostgresLocation): string {
  try {
    const urls = serverUrls(url).map((one) => new URL(one));
    return `${urls.map(({ host }) => host).join(',')}${urls[0]?.pathname ?? ''}`;
  } catch {
    return 'the database';
  }
}

interface Parts extends Omit<PostgresOptions, 'location'>, LaneOptions, Omit<Lanes, 'count'> {
  readonly ledgerSchema: string;
  readonly capabilities: Capabilities;
}

function assemble(parts: Parts): Omit<TargetDatabase, 'identity' | 'pacing'> {
  const { readingLane, writingLane, ledgerSchema, capabilities, createLedger, use } = parts;
  const ledger = createLedger(new LedgerDialect((work) => readingLane.run(work), ledgerSchema), ledgerSchema);
  const tables = createTableRegister(parts);
  // The ledger remembers whether it is installed, so that one lasts for as long as the session does.
  const writers = new WeakMap<PostgresSession, LedgerWriter>();
  const writerOn = (session: PostgresSession): LedgerWriter => {
    const known = writers.get(session);
    if (known) return known;
    const writer = createLedger(new LedgerDialect((work) => work(session), ledgerSchema), ledgerSchema);
    writers.set(session, writer);
    return writer;
  };
  return {
    ledger,
    ...schemaReaders(parts, tables),
    openTable: tables.open,
    transaction: createTransactions(
      writingLane,
      (session, care) => ({
        ledger: writerOn(session),
        pairs: createColumnPairs(session, ledgerSchema),
        indexes: createIndexColumns(session, {
          ledgerSchema,
          building: use === 'exclusive' ? 'at once' : 'concurrently',
        }),
        guards: guardsOn(session, { ledgerSchema, shapeOf: tables.shapeOf }),
        ...toolsOn(session, { ...parts, tables, care }),
      }),
      strategyOf(parts),
    ),
    ...(use === 'shared' && { buildIndexes: (indexes) => buildIndexesConcurrently(parts, indexes) }),
    layoutVersion: () => readingLane.run((session) => readDatabaseLayout(session, capabilities)),
    diskSpace: () => readingLane.run(readSize),
    keepLogShort: () => Promise.resolve(),
    foreignCommitSeen: () => false,
    metrics: () => readingLane.run(readMetrics),
    server: serverBehind(parts),
    refuseUnreadableTexts: () =>
      readingLane.run(async (session) =>
        refuseUnreadableTexts(session, await readShapes(session, ledgerSchema)),
      ),
    readGuardCounts: () => readingLane.run((session) => readGuardCounts(session, ledgerSchema)),
    otherProcesses: () => readingLane.run((session) => listSessionsOfOthers(session, capabilities)),
    scrubber: createScrubber({ readingLane, writingLane, ledgerSchema }),
    textEncoding: () => readingLane.run(readTextEncoding),
    async close() {
      await writingLane.close();
      await readingLane.close();
    },
  };
}

/** What is read of the catalogue. */
function schemaReaders(
  { readingLane, ledgerSchema }: Parts,
  tables: TableRegister,
): Pick<
  TargetDatabase,
  | 'listTables'
  | 'listOtherRelations'
  | 'listForeignKeys'
  | 'listDependants'
  | 'listFilledCopies'
  | 'findNullRefusal'
  | 'listGuardTriggers'
  | 'listInstalledTriggers'
> {
  return {
    listTables: () =>
      readingLane.run(async (session) =>
        parentsFirst(
          (await readShapes(session, ledgerSchema)).map(describeTable),
          await listForeignKeys(session),
        ),
      ),
    listOtherRelations: () => readingLane.run(listOtherRelations),
    listForeignKeys: () => readingLane.run(listForeignKeys),
    listDependants: (column) => readingLane.run((session) => readDependants(session, tables, column)),
    listFilledCopies: (columns) =>
      readingLane.run((session) => listFilledCopies(session, ledgerSchema, columns)),
    findNullRefusal: ({ table, column }) =>
      readingLane.run(async (session) =>
        findNullRefusal(session, await tables.shapeOf(session, table), column),
      ),
    listGuardTriggers: () => readingLane.run(listGuardTriggers),
    listInstalledTriggers: () => readingLane.run(listInstalledTriggers),
  };
}

/** The server, as far as it tells of itself. */
function serverBehind({
  readingLane,
  ledgerSchema,
  capabilities,
}: Parts): NonNullable<TargetDatabase['server']> {
  return {
    readLoad: () => readingLane.run((session) => readLoad(session, capabilities)),
    readReport: () =>
      readingLane.run(async (session) =>
        readServerReport(session, await readShapes(session, ledgerSchema), { ledgerSchema, capabilities }),
      ),
    answersTrue: (query) => readingLane.run((session) => answersTrue(session, query)),
  };
}

/** A server that cannot do everything is written to with care from the start, under other locks and with other evidence. */
function strategyOf({ use, ledgerSchema, capabilities }: Parts): TransactionStrategy {
  const isFast = (['row versions', 'row places', 'skipped locks'] as const).every((one) =>
    capabilities.has(one),
  );
  const lock = capabilities.has('advisory locks') ? advisoryLock : ledgerRowLock(ledgerSchema);
  return {
    firstCare: isFast ? (use === 'exclusive' ? 'alone' : 'fast') : 'careful',
    lock,
    evidence: capabilities.has('transaction numbers')
      ? numberedTransactions
      : notedTransactions(ledgerSchema, lock),
  };
}

/** What a transaction's work on rows takes. */
interface RowTools {
  readonly tables: TableRegister;
  readonly care: WritingCare;
  readonly capabilities: Capabilities;
}

function toolsOn(
  session: PostgresSession,
  { tables, care, capabilities }: RowTools,
): Omit<TargetTransaction, 'ledger' | 'pairs' | 'indexes' | 'guards'> {
  return {
    readRows: async (table, keys) => readLocked(session, await tables.queryOf(table, session), keys),
    replaceCells: async (table, replacements) =>
      replaceCells(session, { query: await tables.queryOf(table, session), care }, replacements),
    layoutVersion: async (table) =>
      readLayout(session, (await tables.queryOf(table, session)).shape.oid, capabilities),
  };
}

async function readSize(session: PostgresSession): Promise<{ databaseBytes: number; freeBytes: null }> {
  const { rows } = await session.query({ text: 'SELECT pg_database_size(current_database())' });
  return { databaseBytes: Number(rows[0]?.[0] ?? 0), freeBytes: null };
}

async function readDependants(
  session: PostgresSession,
  { shapeOf }: TableRegister,
  { table, column }: PlacedColumn,
): Promise<readonly ColumnDependant[]> {
  return listDependants(session, await shapeOf(session, table), column);
}

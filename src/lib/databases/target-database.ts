import type { LedgerReader, LedgerWriter } from '../ledger/ledger.ts';
import type { CellReplacements, ReplacementOutcome, RowBatch, RowKey } from '../model/cells/row-batch.ts';
import type { IndexRecord } from '../model/columns/blind-index.ts';
import type { OpenedColumn } from '../model/columns/opened-column.ts';
import type { PlacedColumn } from '../model/columns/placed-column.ts';
import type { DatabaseIdentity } from '../model/databases/database-identity.ts';
import type { DatabaseMetrics } from '../model/databases/database-metrics.ts';
import type { DiskSpace } from '../model/databases/disk-space.ts';
import type { OtherProcess } from '../model/databases/other-process.ts';
import type { ServerLoad } from '../model/databases/server-load.ts';
import type { ServerReport } from '../model/databases/server-report.ts';
import type { TextEncodingName } from '../model/databases/text-encoding-name.ts';
import type { ColumnDependant } from '../model/schema/column-dependant.ts';
import type { ForeignKey } from '../model/schema/foreign-key.ts';
import type { GuardCounts, GuardTrigger } from '../model/schema/guard.ts';
import type { InstalledTriggers } from '../model/schema/installed-triggers.ts';
import type { ColumnPairs, IndexColumns, WriteGuards } from './schema-changes.ts';
import type { Scrubber } from './scrubber.ts';
import type { TableDescription } from './table-description.ts';
import type { KeyReading, TargetTable } from './target-table.ts';

/** A database whose cells keyturn changes. Errors are KeyturnErrors that carry no cell and no parameter. */
export interface TargetDatabase {
  readonly identity: DatabaseIdentity;
  readonly pacing: Pacing;
  /** The ledger as it stands, outside any transaction. */
  readonly ledger: LedgerReader;
  /** Every table a user could keep cells in: no system and no ledger tables; those in which virtual tables keep theirs. */
  listTables(): Promise<readonly TableDescription[]>;
  /** What looks like a table and is none; absent where there is nothing of the kind. */
  listOtherRelations?(): Promise<readonly OtherRelation[]>;
  /** Prepares the statements for some columns of one table; canonical keys are read only on request. */
  openTable(table: string, columns: readonly OpenedColumn[], canonicalKeys?: KeyReading): TargetTable;
  /**
   * Runs `work` in one transaction that may write, and commits it; rolls it back when `work` throws.
   * Transactions of one process queue up; the wait for other processes backs off and ends with exit 75.
   */
  transaction<Result>(
    work: (transaction: TargetTransaction) => Promise<Result>,
    concurrency?: TransactionConcurrency,
  ): Promise<Result>;
  /** Changes whenever a table of the database is made, altered or dropped. */
  layoutVersion(): Promise<string>;
  diskSpace(): Promise<DiskSpace>;
  /** Between two transactions: writes the database's log back, before it is so long that another writer has to. */
  keepLogShort(): Promise<void>;
  /** Tells whether somebody else has committed since the last call. */
  foreignCommitSeen(): boolean;
  /** How the database fares under the run. */
  metrics(): Promise<DatabaseMetrics>;
  /**
   * Builds the database's own indexes over blind indexes where they are missing or were left half built, while others go on
   * writing; absent where `IndexColumns.create` has made them.
   */
  buildIndexes?(indexes: readonly IndexRecord[]): Promise<void>;
  /** Absent where the database is a file. */
  readonly server?: DatabaseServer;
  /** Throws `KT_TEXT_INVALID` where a text of any table cannot be read (exit 2); absent where every text can. */
  refuseUnreadableTexts?(): Promise<void>;
  /** What in the schema depends on a column, and the effect of dropping the column on each. */
  listDependants(column: PlacedColumn): Promise<readonly ColumnDependant[]>;
  /** The materialized views that were filled from any of these columns, by their names in SQL; absent where there are none. */
  listFilledCopies?(columns: readonly PlacedColumn[]): Promise<readonly string[]>;
  /** Every foreign key between tables that hold rows: a partition has those of the whole table. */
  listForeignKeys(): Promise<readonly ForeignKey[]>;
  /**
   * Throws `KT_UNWRITABLE_COLUMN` where a row of the table has no primary key, so that nothing could say which of its sides was
   * written last (exit 2); absent where every key has values.
   */
  refuseKeylessRows?(table: string): Promise<void>;
  /** What keeps a column from holding NULL even when it is retired, in words; undefined where nothing is known to. */
  findNullRefusal(column: PlacedColumn): Promise<string | undefined>;
  /** The triggers of guards that are there. */
  listGuardTriggers(): Promise<readonly GuardTrigger[]>;
  /** What keyturn has put on tables, this ledger or one that is lost. */
  listInstalledTriggers(): Promise<readonly InstalledTriggers[]>;
  /** What guards have counted; absent where they count in the ledger. */
  readGuardCounts?(): Promise<readonly GuardCounts[]>;
  /** Other processes that have the database open, as far as this machine can tell. */
  otherProcesses(): Promise<readonly OtherProcess[]>;
  /** Removes what is left of old values, and says where the rest may be. */
  readonly scrubber: Scrubber;
  /** How text stands in the database's files; `other`: only what is ASCII is known. */
  textEncoding(): Promise<TextEncodingName>;
  close(): Promise<void>;
}

/** Something with columns whose rows are elsewhere. */
export interface OtherRelation {
  readonly name: string;
  readonly kind: 'view' | 'materialized view' | 'foreign table' | 'partitioned table';
  /** The tables of this database that hold them. */
  readonly source: readonly string[];
}

/** The server behind a database, as far as it tells of itself. */
interface DatabaseServer {
  readLoad(): Promise<ServerLoad>;
  readReport(): Promise<ServerReport>;
  /** Whether the first value that a query of the operator's returns is true. */
  answersTrue(query: string): Promise<boolean>;
}

/**
 * Which other transactions of keyturn, in whatever process, may be under way meanwhile. `alone`, which is the default:
 * none. `side by side`: others that are content with it, too, each on chunks of its own.
 */
export type TransactionConcurrency = 'alone' | 'side by side';

/** A committed change carries its checkpoint: the only way to change cells is beside the ledger's writer. */
export interface TargetTransaction {
  readonly ledger: LedgerWriter;
  /** Reads single rows again, under this transaction's lock; rows that are gone are left out. */
  readRows(table: TargetTable, keys: readonly RowKey[]): Promise<RowBatch>;
  /** Replaces each cell that still is what the batch holds, by content and storage class. One update a row. */
  replaceCells(table: TargetTable, replacements: CellReplacements): Promise<ReplacementOutcome>;
  /** Changes whenever rows of the table may have got other keys, or the table another shape. */
  layoutVersion(table: TargetTable): Promise<string>;
  readonly guards: WriteGuards;
  readonly pairs: ColumnPairs;
  readonly indexes: IndexColumns;
}

/** How large a transaction this database likes. */
export interface Pacing {
  readonly initialRows: number;
  readonly maximumRows: number;
  /** Most text and blob content of one transaction, in bytes. */
  readonly maximumBytes: number;
  /** How long the work of one transaction, its commit apart, should take, in milliseconds; `null`: as long as it takes. */
  readonly targetMilliseconds: number | null;
  /** How many transactions of one run it takes side by side. */
  readonly lanes: number;
}

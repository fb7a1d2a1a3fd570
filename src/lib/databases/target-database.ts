import type { LedgerReader, LedgerWriter } from '../ledger/ledger.ts';
import type { IndexRecord } from '../model/blind-index.ts';
import type { ColumnPlace } from '../model/cell-places.ts';
import type { ColumnDependant } from '../model/column-dependant.ts';
import type { ColumnKind } from '../model/column-kind.ts';
import type { ColumnPair, PairRecord, PairSide, RetiredColumn } from '../model/column-pair.ts';
import type { DatabaseIdentity } from '../model/database-identity.ts';
import type { DatabaseVitals } from '../model/database-vitals.ts';
import type { DiskSpace } from '../model/disk-space.ts';
import type { ForeignKey } from '../model/foreign-key.ts';
import type { GuardCounts, GuardOrder } from '../model/guard.ts';
import type { OpenedColumn } from '../model/opened-column.ts';
import type { OtherProcess } from '../model/other-process.ts';
import type { CellReplacements, KeyRange, ReplacementOutcome, RowBatch, RowKey } from '../model/row-batch.ts';
import type { SchemaNote } from '../model/schema-note.ts';
import type { ServerReport } from '../model/server-report.ts';
import type { ServerStrain } from '../model/server-strain.ts';
import type { CellValue, ColumnValue } from '../model/stored-value.ts';
import type { TableStorage } from '../model/table-storage.ts';
import type { TextEncodingName } from '../model/text-encoding-name.ts';
import type { Scrubber } from './scrubber.ts';

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
  /** Prepares the statements for some columns of one table; canonical keys are read only where they are asked for. */
  openTable(table: string, columns: readonly OpenedColumn[], canonicalKeys?: KeyReading): TargetTable;
  /**
   * Runs `work` in one transaction that may write, and commits it; rolls it back when `work` throws.
   * Transactions of one process queue up; the wait for other processes backs off and ends with exit 75.
   */
  transaction<Result>(
    work: (transaction: TargetTransaction) => Promise<Result>,
    company?: TransactionCompany,
  ): Promise<Result>;
  /** Changes whenever a table of the database is made, altered or dropped. */
  layoutVersion(): Promise<string>;
  diskSpace(): Promise<DiskSpace>;
  /** Between two transactions: writes the database's log back, before it is so long that another writer has to. */
  keepLogShort(): Promise<void>;
  /** Tells whether somebody else has committed since the last call. */
  foreignCommitSeen(): boolean;
  /** How the database fares under the run. */
  vitals(): Promise<DatabaseVitals>;
  /**
   * Builds the database's own indexes over blind indexes where they are missing or were left half built, while others go on
   * writing; absent where `IndexColumns.create` has made them.
   */
  buildIndexes?(indexes: readonly IndexRecord[]): Promise<void>;
  /** Absent where the database is a file. */
  readonly server?: DatabaseServer;
  /** Throws `KT_TEXT_INVALID` where a text of any table cannot be read (exit 2); absent where every text can. */
  refuseUnreadableTexts?(): Promise<void>;
  /** What of the schema is made of a column, or refers to it, and what becomes of each if the column is dropped. */
  listDependants(column: NamedColumn): Promise<readonly ColumnDependant[]>;
  /** Every foreign key between tables that hold rows: a partition has those of the whole table. */
  listForeignKeys(): Promise<readonly ForeignKey[]>;
  /**
   * Throws `KT_UNWRITABLE_COLUMN` where a row of the table has no primary key, so that nothing could say which of its sides was
   * written last (exit 2); absent where every key has values.
   */
  refuseKeylessRows?(table: string): Promise<void>;
  /** What keeps a column from holding NULL even when it is retired, in words; undefined where nothing is known to. */
  findNullRefusal(column: NamedColumn): Promise<string | undefined>;
  /** Names of the triggers of guards that are there. */
  listGuardTriggers?(): Promise<readonly string[]>;
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

/** Whether batches say what names each of their rows for good; `ignored` by default. */
export type KeyReading = 'read' | 'ignored';

/** Something with columns whose rows are elsewhere. */
export interface OtherRelation {
  readonly name: string;
  readonly kind: 'view' | 'materialized view' | 'foreign table' | 'partitioned table';
  /** The tables of this database that hold them. */
  readonly source: readonly string[];
}

/** The server behind a database, as far as it tells of itself. */
interface DatabaseServer {
  readStrain(): Promise<ServerStrain>;
  readReport(): Promise<ServerReport>;
  /** Whether the first value that a query of the operator's returns is true. */
  answersTrue(query: string): Promise<boolean>;
}

/**
 * Which other transactions of keyturn, in whatever process, may be under way meanwhile. `alone`, which is the default:
 * none. `side by side`: others that are content with it, too, each on chunks of its own.
 */
export type TransactionCompany = 'alone' | 'side by side';

/** A committed change carries its checkpoint: the only way to change cells is beside the ledger's writer. */
export interface TargetTransaction {
  readonly ledger: LedgerWriter;
  /** Reads single rows again, under this transaction's lock; rows that are gone are left out. */
  readRows(table: TargetTable, keys: readonly RowKey[]): Promise<RowBatch>;
  /** Replaces each cell that still is what the batch holds, by content and storage class. One update a row. */
  replaceCells(table: TargetTable, replacements: CellReplacements): Promise<ReplacementOutcome>;
  /** Changes whenever rows of the table may have got other keys, or the table another shape. */
  layoutVersion(table: TargetTable): Promise<string>;
  /** Absent where the database cannot guard its columns. */
  readonly guards?: WriteGuards;
  readonly pairs: ColumnPairs;
  readonly indexes: IndexColumns;
}

/** Changes of the schema around pairs of columns: they happen with the transaction, or not at all. */
export interface ColumnPairs {
  addColumn(column: NamedColumn & { readonly type: string }): Promise<void>;
  dropColumn(column: NamedColumn): Promise<void>;
  /** Throws `KT_COLUMN_STAYS` where something keeps a column from being dropped; changes nothing. */
  refuseKeepers(column: NamedColumn): Promise<void>;
  /** Has each row marked from now on in which others write one of the two columns. */
  watch(pair: PairRecord): Promise<void>;
  /** Whether the triggers that mark it are where `watch` has put them, and name rows as they are named now. */
  isWatched(pair: PairRecord): Promise<boolean>;
  /** Marks the rows that hold a value on both sides as last written on one of them, where nothing else is known of them. */
  prefer(pair: PairRecord, side: PairSide): Promise<void>;
  /**
   * Lets others write no value to a side from now on; NULL, what stands there already, and the default that a new row
   * gets unasked where a database cannot take it away, pass.
   */
  freeze(pair: PairRecord, side: PairSide): Promise<void>;
  /** Ends the watch; with `all` also what was frozen. What is gone already is no error. */
  unwatch(pair: PairRecord, which: 'all' | 'marks'): Promise<void>;
  /** Forgets marks of rows that are gone. */
  forgetStray(pair: PairRecord): Promise<void>;
  /** Keeps others from writing a table until the transaction ends. */
  lock(table: string): Promise<void>;
  /** Lets the plaintext column hold nothing, and tells what it was; one that is to be dropped loses what would keep it. */
  retire(pair: ColumnPair, kind: RetiredColumn['kind']): Promise<RetiredColumn>;
  /** Makes a retired column again where it was dropped, open for whatever fills it. */
  readd(pair: ColumnPair, retired: RetiredColumn): Promise<void>;
  /** Makes a retired column what it was. Throws `KT_COLUMN_NOT_RESTORED` where its values forbid that (exit 16). */
  restore(pair: ColumnPair, retired: RetiredColumn): Promise<void>;
  /** See TableDescription; as it is within this transaction. */
  fingerprint(table: string): Promise<string>;
}

/** What a database searches blind indexes with; it comes and goes with the transaction. */
export interface IndexColumns {
  /**
   * Makes the database's own index over the column, a unique one where the index is to be unique; does nothing where that is left
   * to `buildIndexes`.
   */
  create(index: IndexRecord): Promise<void>;
  /** What is gone already is no error. */
  drop(index: IndexRecord): Promise<void>;
  /** Gives the column of an index another name. */
  rename(index: IndexRecord, column: string): Promise<void>;
}

/** A column by its table. */
interface NamedColumn {
  readonly table: string;
  readonly column: string;
}

/** Triggers that count, or refuse, what others write to a column. */
export interface WriteGuards {
  create(id: number, order: GuardOrder): Promise<void>;
  /** What is gone already is no error. */
  drop(id: number): Promise<void>;
}

/** Some columns of one table, ready to be read. */
export interface TargetTable {
  readonly table: string;
  readonly columns: readonly string[];
  /** The last key of the next batch behind `after` that stays within the limits; `null` behind the last row. */
  upperBound(after: RowKey | null, limits: BatchLimits): Promise<RowKey | null>;
  /** Reads all rows of a range in walking order, without holding a lock afterwards. */
  readBatch(range: KeyRange): Promise<RowBatch>;
  /** Reads rows spread over the whole table, for an estimate; within the limits as a batch is. */
  readSample(limits: BatchLimits): Promise<RowBatch>;
  /** Reads random rows within the limits, each as likely as any other as far as that is cheap. */
  readRandom(limits: BatchLimits): Promise<RowBatch>;
  /** Streams only rows in which one of the columns has the shape of a cell; a batch may be empty, to breathe. */
  readCandidates(shape: CandidatePredicate): AsyncIterable<RowBatch>;
  /** Estimated number of rows; exact where that is cheap. */
  countRows(): Promise<number>;
  /** How it lies on the disk with so many rows, and the indexes over it. */
  readStorage(rows: number): Promise<TableStorage>;
  /** A condition that names a row, in the database's language, for people to paste. */
  describeRow(key: RowKey): Promise<string>;
  /** What else of the schema rewriting the columns meets; absent where triggers are all there is. */
  readNotes?(): Promise<readonly SchemaNote[]>;
  /** Absent where no type limits the length of its values. */
  readonly limited?: LimitedColumns;
  /**
   * Tries values in a column of rows that are there, without writing any: what of the schema, triggers apart, refuses how many of
   * them, as far as it can be asked.
   */
  findRefusals(column: string, values: ReadonlyMap<RowKey, CellValue>): Promise<readonly ValueRefusal[]>;
  /** Throws `KT_STATEMENT_REFUSED` where a trigger or a foreign key that leads nowhere makes every update fail. */
  refuseBrokenUpdate(): Promise<void>;
}

/** What refuses new values of a column, in words, and how many of those tried. */
export interface ValueRefusal {
  readonly by: string;
  readonly rows: number;
}

/** What only columns of limited length are asked for. */
export interface LimitedColumns {
  /** So many of a column's longest values, by bytes. */
  readLongest(column: string, values: number): Promise<readonly ColumnValue[]>;
  /** The statement that gives a column room for so many characters, for people to paste. */
  describeWidening(column: string, characters: number): Promise<string>;
}

/** A batch ends at whichever limit it reaches first, but holds at least one row. */
export interface BatchLimits {
  readonly rows: number;
  /** Text and blob content of the columns, in bytes. */
  readonly bytes: number;
}

/** See CandidateShape in the cell formats. */
export interface CandidatePredicate {
  readonly minimumLength: number;
  readonly firstCharacters: string | null;
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

/** What planning knows about a table. */
export interface TableDescription {
  readonly table: string;
  readonly columns: readonly ColumnDescription[];
  /** The columns of the primary key, whose values name a row for good; empty where nothing does. */
  readonly primaryKey: readonly string[];
  /** `renumbering`: maintenance may give rows other keys between two transactions. */
  readonly keys: 'stable' | 'renumbering';
  /**
   * Whether a row can be told from others for as long as it exists: by a primary key. `shared`: the table has its columns
   * together with others, to which rows may move: partitions, and tables that inherit.
   */
  readonly rows: 'lasting' | 'nameless' | 'shared';
  /** The partitioned table whose partition this is, which alone gets columns; absent for any other table. */
  readonly partitionOf?: string;
  /** Triggers that an update of a column would fire. */
  readonly triggers: readonly TriggerDescription[];
  /** Hash of everything a plan relies on. */
  readonly fingerprint: string;
}

export interface ColumnDescription {
  readonly name: string;
  readonly declaredType: string;
  /**
   * What cells that are bound to their place know it by: its table and its own name. A partition goes by the name of the whole
   * table, a renamed column by the one its cells were sealed under.
   */
  readonly place: ColumnPlace;
  readonly kind: ColumnKind;
  /** Most characters of a value, or of each value in a list; `null`: no limit. */
  readonly maximumCharacters: number | null;
  /**
   * What its type has room for: a cell (texts, bytes, and every column of a database without fixed types); cells among
   * other values of an array or a document; none.
   */
  readonly holds: 'cells' | 'lists of cells' | 'documents' | 'other values';
}

export interface TriggerDescription {
  readonly name: string;
  /** The columns whose update fires it; `null`: any column. */
  readonly columns: readonly string[] | null;
}

import type { IssueGroup, IssueReason } from '../model/cells/cell-issue.ts';
import type { KeptCell } from '../model/cells/kept-cell.ts';
import type { KeyRange, RowKey } from '../model/cells/row-batch.ts';
import type { IndexRecord } from '../model/columns/blind-index.ts';
import type { ColumnSample } from '../model/columns/column-sample.ts';
import type {
  MigrationRecord,
  Pace,
  RecordedIssue,
  TargetProgress,
} from '../model/migrations/migration-record.ts';
import type { Orders } from '../model/migrations/orders.ts';
import type { ChainHead, RecordedEvent } from '../model/migrations/recorded-event.ts';
import type { Plan } from '../model/plans/plan.ts';
import type { ClaimedChunk, CompletedChunk } from '../model/runs/chunk.ts';
import type { RunLease, RunOwner } from '../model/runs/run-owner.ts';
import type { RunTerms } from '../model/runs/run-terms.ts';
import type { PairRecord, PairSide } from '../model/schema/column-pair.ts';
import type { GuardOrder, GuardRecord } from '../model/schema/guard.ts';
import type {
  BackupNote,
  CensusRecord,
  ContractNote,
  IndexReplacement,
  MigrationNote,
  MigrationOrigin,
  NewLimits,
  NewOrder,
  NewRun,
  PublicationNote,
  RetirementNote,
  ScrubCounts,
  StateChange,
  WriterMarks,
} from './ledger-notes.ts';
import type { Claimant, Pass, PassFinish, PassStart, SettledIssues } from './pass.ts';

/** Reads the ledger; every answer is empty where a database has no ledger yet. */
export interface LedgerReader {
  /** All migrations, latest first. */
  listMigrations(): Promise<readonly MigrationRecord[]>;
  findMigration(id: string): Promise<MigrationRecord | undefined>;
  /** Runs that hold a lease; whether their process still lives is for the caller to find out. */
  listLeases(): Promise<readonly RunLease[]>;
  /** Events in their order, of one migration or of all. */
  listEvents(migrationId?: string): Promise<readonly RecordedEvent[]>;
  /** The event that the ledger says was appended last. */
  readChainHead(): Promise<ChainHead | undefined>;
  /** What operators want of a run's migration. Throws `KT_RUN_TAKEN_OVER` when the run no longer holds its lease. */
  readOrders(workerId: number): Promise<Orders>;
  /** What the chunks done so far add up to, for every target and pass of a migration. */
  readProgress(migrationId: string): Promise<readonly TargetProgress[]>;
  /** Rows each of some runs has walked, in their order. */
  readShares(workerIds: readonly number[]): Promise<readonly number[]>;
  /** Rows the chunks of the last minute walked. */
  readPace(migrationId: string): Promise<Pace>;
  /** Cells in quarantine, as the latest pass over each target found them. */
  listIssues(migrationId: string, filter?: IssueFilter): Promise<readonly RecordedIssue[]>;
  /** The same by reason, counted by the database: there may be millions. */
  groupIssues(migrationId: string): Promise<readonly IssueGroup[]>;
  /** Cells that were kept, by the digests of the cells that took their places. */
  findKeptCells(digests: readonly Uint8Array[]): Promise<readonly KeptCell[]>;
  /** Where the runs of a migration write the new key (`--update-config`), as the ledger has it; undefined: nowhere. */
  findPublication(migrationId: string): Promise<string | undefined>;
  /** Every guard of a column. */
  listGuards(): Promise<readonly GuardRecord[]>;
  /** Every pair of columns. */
  listPairs(): Promise<readonly PairRecord[]>;
  /** Every blind index, in the order in which they were made. */
  listIndexes(): Promise<readonly IndexRecord[]>;
  /** Who has written plaintext that is not taken over yet, and into how many rows; `null`: the database does not tell. */
  countWriters(pair: PairRecord): Promise<readonly WriterMarks[]>;
  /** How many rows of a pair were last written on a side, by others, and not taken over since. */
  countMarks(pair: PairRecord, side: PairSide): Promise<number>;
  /** How many cells are kept, of one migration or of all. */
  countKeptCells(migrationId?: string): Promise<number>;
  /** The samples of a migration's old values. */
  listSamples(migrationId: string): Promise<readonly ColumnSample[]>;
}

/** Which cells in quarantine are wanted; all of them where nothing is said. */
export interface IssueFilter {
  readonly reason?: IssueReason | undefined;
  /** Most cells to read. */
  readonly limit?: number;
}

/** Writes the ledger, in the transaction that the caller has opened. */
export interface LedgerWriter extends LedgerReader {
  /** Creates or upgrades the ledger's tables. Throws `KT_LEDGER_TOO_NEW` when a newer keyturn wrote them. */
  install(): Promise<void>;
  createMigration(plan: Plan, origin: MigrationOrigin): Promise<MigrationRecord>;
  /** Moves a migration along an arrow of the state table. Throws when another run moved it first. */
  changeState(change: StateChange): Promise<void>;
  /** Records what an operator wants. Throws `KT_MOVED_MEANWHILE` when it has ended, or another order was quicker. */
  giveOrder(order: NewOrder): Promise<void>;
  /** Turns some of a migration's limits. Throws `KT_MOVED_MEANWHILE` as `giveOrder` does. */
  limitSpeed(limits: NewLimits): Promise<void>;
  /** Remembers why a run goes slower than it could; `null`: it does not. */
  noteThrottle(workerId: number, reason: string | null): Promise<void>;
  /** Appends what a verification has counted to the chain of events. */
  recordCensus(record: CensusRecord): Promise<void>;
  /** Remembers where the new key is written. */
  notePublication(note: PublicationNote): Promise<void>;
  /** Remembers the backup, once it is complete. */
  noteBackup(note: BackupNote): Promise<void>;
  /** Records how plaintext columns are to end, in the transaction that freezes them. */
  noteContract(note: ContractNote): Promise<void>;
  /** Opens a run: a lease on the migration for its owner. Returns its number. */
  openRun(run: NewRun): Promise<number>;
  /** What the runs of a migration were told, by their numbers. */
  listRunTerms(migrationId: string): Promise<ReadonlyMap<number, RunTerms>>;
  /** Renews the lease, unless that has just been done. Throws `KT_RUN_TAKEN_OVER` when this run no longer holds it. */
  holdRun(workerId: number): Promise<void>;
  /** Gives the lease back and adds the time it was held to the migration's; `ending` says how the run ended. */
  closeRun(workerId: number, ending: string): Promise<void>;
  /** Records, once, that a run is to conclude its migration and waits for others; returns all that have done so. */
  awaitOthers(workerId: number): Promise<readonly number[]>;
  /** Declares another run lost: its chunks get new claim tokens, so that it cannot commit any more. */
  takeOverRun(lost: RunLease, by: RunOwner): Promise<void>;
  /** Starts the next pass over a target, unless another run has done so after the pass that the caller knows of. */
  beginPass(start: PassStart): Promise<Pass>;
  /**
   * Ends a pass in which no chunk is claimed any more; quarantined cells it did not meet again are no longer issues.
   * Otherwise tells what is in the way; chunks of the run that asks, which has none in hand, count as left behind.
   */
  finishPass(claimant: Claimant): Promise<PassFinish>;
  /**
   * The key up to which the current pass has handed out chunks; `null`: none yet. Whoever else asks waits from now on,
   * until the transaction has ended.
   */
  lockFrontier(targetId: number): Promise<RowKey | null>;
  /** A chunk of the current pass that a run left behind, now claimed by this one. */
  reclaimChunk(claimant: Claimant): Promise<ClaimedChunk | undefined>;
  /** Claims the range behind the frontier and moves the frontier to its end. */
  claimRange(claimant: Claimant, range: KeyRange): Promise<ClaimedChunk>;
  /** Marks a chunk done. Throws `KT_RUN_TAKEN_OVER` when its claim token is old. */
  completeChunk(completed: CompletedChunk): Promise<void>;
  /** Records a guard that is to be installed, and returns its number. */
  recordGuard(order: GuardOrder, actor: string): Promise<number>;
  /** Forgets a guard that was removed. */
  forgetGuard(guard: GuardRecord, actor: string): Promise<void>;
  /** Records a pair of columns that is to be watched, and returns it with its number. */
  recordPair(pair: Omit<PairRecord, 'id' | 'retired'>, actor: string): Promise<PairRecord>;
  /** Remembers what the plaintext column of a pair was, in the transaction that retires it. */
  noteRetired(pair: PairRecord, note: RetirementNote): Promise<void>;
  /** Forgets which side of a pair was written last, in every row. */
  clearMarks(pair: PairRecord): Promise<void>;
  /** Forgets a pair whose columns have no more to do with each other. */
  forgetPair(pair: PairRecord, actor: string): Promise<void>;
  /** Records a blind index, in the transaction that adds its column, and returns it with its number. */
  recordIndex(index: Omit<IndexRecord, 'id'>, actor: string): Promise<IndexRecord>;
  /** Lets an index take the column of another one, which is forgotten. */
  replaceIndex(old: IndexRecord, replacement: IndexReplacement): Promise<void>;
  /** Forgets an index whose column is gone, or is nobody's to keep in step any more. */
  forgetIndex(index: IndexRecord, actor: string): Promise<void>;
  /** Remembers what a target's table is from now on, because a run has altered it. */
  noteFingerprint(targetId: number, fingerprint: string): Promise<void>;
  /** Notes that the runs of a migration keep the cells they replace. */
  noteUndo(note: MigrationNote): Promise<void>;
  /** Keeps cells that were replaced. */
  keepCells(targetId: number, cells: readonly KeptCell[]): Promise<void>;
  /** Records that all kept cells are to go, and how many there are, in the transaction that deletes the first of them. */
  noteUndoDrop(actor: string): Promise<void>;
  /** Deletes at most `most` kept cells of any migration, and returns how many it found. */
  dropKeptCells(most: number): Promise<number>;
  /** Records the outcome for issues that were checked again, and the difference in the counts of the last pass. */
  settleIssues(settled: SettledIssues): Promise<void>;
  /** Records the layout under which the pass continues. */
  noteLayout(targetId: number, layoutVersion: string): Promise<void>;
  /** Keeps samples of a migration's old values, in place of all there are. */
  keepSamples(samples: readonly ColumnSample[]): Promise<void>;
  /** Records that a scrub is to follow the migration, until one has come to its end. */
  askForScrub(scrub: MigrationNote): Promise<void>;
  /** Records that a scrub begins; until it ends, nothing is proven. */
  beginScrub(scrub: MigrationNote): Promise<void>;
  /** Records the result of a scrub. One that found nothing deletes the samples. */
  finishScrub(scrub: MigrationNote, found: ScrubCounts): Promise<void>;
}

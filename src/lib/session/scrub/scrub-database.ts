import type { LogEnd, OutOfReach, ScrubOutlook } from '../../databases/scrubber.ts';
import type { TargetDatabase } from '../../databases/target-database.ts';
import { lives, locked } from '../../engine/runs/living-runs.ts';
import type { ScrubCounts } from '../../ledger/ledger-notes.ts';
import { KeyturnError } from '../../model/keyturn-error.ts';
import type { MigrationRecord } from '../../model/migrations/migration-record.ts';
import type { Plan } from '../../model/plans/plan.ts';
import { plainConclusion } from '../../model/runs/conclusion.ts';
import { reached } from '../../model/runs/step.ts';
import type { Reporter } from '../../reporters/reporter.ts';
import { keepLease } from '../database/keep-lease.ts';
import { currentRunner } from '../database/run-owner.ts';
import { deleteBackups, listBackups, type BackupFile } from './list-backups.ts';
import { searchRemains, type OldValues, type RemainsFound } from './search-remains.ts';

/** What a scrub works on. */
export interface ScrubRequest {
  /** One that has succeeded. */
  readonly migration: MigrationRecord;
  /** What is known of the old values. */
  readonly oldValues: OldValues;
  /** How long the locks and snapshots of others are waited for. */
  readonly timeoutMilliseconds: number;
  /** Whether the backups that keyturn has made of this database are deleted. */
  readonly backups: 'kept' | 'deleted';
  readonly reporter: Reporter;
  /** Asks to stop between two steps, or in the middle of a search. */
  readonly stop: AbortSignal;
}

/** The result of a scrub, or of a search alone. */
export interface ScrubReport extends RemainsFound {
  /** Canonical path or name. */
  readonly database: string;
  readonly migration: MigrationRecord;
  /** `null` where nothing was rewritten. */
  readonly log: LogEnd | null;
  /** Copies that are still there. */
  readonly backups: readonly BackupFile[];
  readonly beyondReach: readonly OutOfReach[];
}

/** What is about to happen, for the question before it. */
export interface ScrubExamination extends ScrubOutlook {
  readonly database: string;
  readonly backups: readonly BackupFile[];
}

/** What a scrub would do; reads only. Throws `KT_DISK_FULL` where there is no room for it. */
export async function examineScrub(
  database: TargetDatabase,
  { targets }: Pick<Plan, 'targets'>,
): Promise<ScrubExamination> {
  return {
    ...(await database.scrubber.examine(targets.map(({ table }) => table))),
    database: database.identity.location,
    backups: await listBackups(database),
  };
}

/** Only searches for old values; changes nothing. */
export async function searchForRemains(
  database: TargetDatabase,
  request: Omit<ScrubRequest, 'backups' | 'timeoutMilliseconds'>,
): Promise<ScrubReport> {
  return {
    ...(await searchRemains(database, request)),
    database: database.identity.location,
    migration: request.migration,
    log: null,
    backups: await listBackups(database),
    beyondReach: await database.scrubber.beyondReach(),
  };
}

/** Does what `scrubUnderLease` does, under a lease of its own (`KT_LOCKED`). */
export async function scrubDatabase(database: TargetDatabase, request: ScrubRequest): Promise<ScrubReport> {
  const workerId = await openScrub(database, request.migration.id);
  const lease = keepLease(database, workerId);
  let ending = 'error';
  try {
    const report = await scrubUnderLease(database, request, workerId);
    ending = 'scrubbed';
    return report;
  } finally {
    lease.close();
    await database.transaction(({ ledger }) => ledger.closeRun(workerId, ending)).catch(() => undefined);
  }
}

/** Takes the lock, from a run or a scrub that is gone too. */
async function openScrub(database: TargetDatabase, migrationId: string): Promise<number> {
  const runner = currentRunner();
  return database.transaction(async ({ ledger }) => {
    await ledger.install();
    for (const lease of await ledger.listLeases()) {
      if (lives(lease, runner)) throw locked(lease);
      await ledger.takeOverRun(lease, runner.owner);
    }
    const terms = { conclusion: plainConclusion, triggers: 'fire' } as const;
    return ledger.openRun({ migrationId, owner: runner.owner, ...terms });
  });
}

/**
 * Rewrites what may hold old values, empties the log, searches the files for samples of them, and records what it
 * found. Killed at any instant it has lost nothing, and can be run again.
 */
export async function scrubUnderLease(
  database: TargetDatabase,
  request: ScrubRequest,
  workerId: number,
): Promise<ScrubReport> {
  const { migration, reporter, stop, timeoutMilliseconds } = request;
  const note = { migrationId: migration.id, actor: currentRunner().actor };
  await database.transaction(async ({ ledger }) => {
    await ledger.holdRun(workerId);
    await ledger.beginScrub(note);
  });
  reached('scrub begun');
  const tables = migration.plan.targets.map(({ table }) => table);
  await inPhase(reporter, 'rewrite', () => database.scrubber.rewrite(tables, timeoutMilliseconds));
  await database.transaction(({ ledger }) => ledger.holdRun(workerId));
  if (request.backups === 'deleted') await deleteBackups(database);
  const log = await database.scrubber.emptyLog(timeoutMilliseconds);
  stop.throwIfAborted();
  const report = { ...(await searchForRemains(database, request)), log };
  reached('files searched');
  await database.transaction(({ ledger }) => ledger.finishScrub(note, countsOf(report)));
  reached('scrub finished');
  return report;
}

/** Throws where old cells are kept on purpose, which no scrub may take away (exit 2). */
export async function refuseKeptCells({ ledger }: TargetDatabase): Promise<void> {
  if ((await ledger.countKeptCells()) === 0) return;
  throw new KeyturnError({
    code: 'KT_OLD_CELLS_KEPT',
    reason: 'usage',
    message: 'the database keeps old cells on purpose, so that a rollback gives them back byte for byte',
    hints: ['keyturn undo drop', 'keyturn scrub --check'],
  });
}

/** A log that is held may still hold old values, and so may what cannot be read: then nothing is proven. */
function countsOf({ columns, files, unread, log }: ScrubReport): ScrubCounts {
  const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);
  return {
    samples:
      log?.kind === 'held' || files.length === 0 || unread.length > 0
        ? 0
        : sum(columns.map(({ samples }) => samples)),
    found: sum(columns.map(({ found }) => found)),
    files: files.length,
    bytes: sum(files.map(({ bytes }) => bytes)),
    log: log?.kind === 'held' ? 'held' : 'empty',
  };
}

async function inPhase<Result>(
  reporter: Reporter,
  phase: 'rewrite' | 'search',
  work: () => Promise<Result>,
): Promise<Result> {
  const started = performance.now();
  reporter.report({ kind: 'phase started', phase });
  const result = await work();
  reporter.report({ kind: 'phase finished', phase, milliseconds: performance.now() - started });
  return result;
}

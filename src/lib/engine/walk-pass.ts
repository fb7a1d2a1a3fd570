import type { BatchLimits, TargetTransaction } from '../databases/target-database.ts';
import { noCells, type CellCounts } from '../model/cell-counts.ts';
import type { ClaimedChunk } from '../model/chunk.ts';
import { KeyturnError } from '../model/keyturn-error.ts';
import { reached } from '../model/step.ts';
import { createBatchSizer, type BatchSizer } from './batch-sizer.ts';
import type { CourteousRun } from './courtesy.ts';
import { refuseChangedShape, takeUpChangedLayout, type Pass } from './begin-pass.ts';
import type { MigrationRun, RunningTarget } from './migration-run.ts';
import { settleBatch } from './settle-batch.ts';
import type { BatchTally } from './tally-batch.ts';
import type { TranscodedBatch } from './transcoder.ts';

/** How a walk over a target ended; the counts are those of the whole pass, over all its runs. */
export type PassEnd =
  { readonly kind: 'stopped' } | { readonly kind: 'finished'; readonly counts: CellCounts };

/** What a chunk's transaction came to. */
type ChunkEnd = CommittedChunk | { readonly kind: 'layout changed' };

interface CommittedChunk {
  readonly kind: 'committed';
  readonly settled: BatchTally;
  readonly next: ClaimedChunk | undefined;
  /** How long the work took, from when the transaction had its lock to before its commit. */
  readonly workMilliseconds: number;
  readonly lockMilliseconds: number;
}

/** A claimed chunk with everything its transaction needs. */
interface PreparedChunk {
  readonly chunk: ClaimedChunk;
  readonly transcoded: TranscodedBatch;
  readonly pass: Pass;
  readonly limits: BatchLimits;
}

/**
 * Walks a target's pass to its end, chunk by chunk: read and transcode without a lock, then one transaction that
 * replaces the cells, completes the chunk and claims the next one. As many chunks are in hand as the transcoder
 * works on at a time; they are committed in their order.
 */
export async function walkPass(run: CourteousRun, target: RunningTarget, begun: Pass): Promise<PassEnd> {
  try {
    return await walk(run, target, begun);
  } catch (error) {
    // A table that was dropped or altered first shows in the statement that cannot be run any more.
    const isStatement = error instanceof KeyturnError && error.code === 'KT_STATEMENT_REFUSED';
    if (isStatement) await refuseChangedShape(run, target);
    throw error;
  }
}

async function walk(run: CourteousRun, target: RunningTarget, begun: Pass): Promise<PassEnd> {
  const sizer = createSizer(run, begun);
  const limits = (): BatchLimits => ({
    rows: rowsOfChunk(run, sizer),
    bytes: run.database.pacing.maximumBytes,
  });
  let pass = begun;
  let nested = 0;
  await reportStart(run, target, pass);
  let inHand = await claimAhead(run, target, limits());
  for (let first = inHand[0]; first; first = inHand[0]) {
    await run.steering.heed();
    if (run.steering.stop.aborted) return { kind: 'stopped' };
    const transcoded = await first.transcoded;
    await run.courtesy.giveWay();
    const end = await commitChunk(run, target, { chunk: first.chunk, transcoded, pass, limits: limits() });
    if (end.kind === 'layout changed') {
      const before = pass;
      pass = await takeUpChangedLayout(run, target, before);
      // The same chunks read again, or, where rows may have got other keys, chunks of a new pass.
      inHand =
        pass.number === before.number
          ? inHand.map(({ chunk }) => takeInHand(run, target, chunk))
          : await claimAhead(run, target, limits());
      continue;
    }
    const { lockMilliseconds, workMilliseconds } = end;
    nested += transcoded.nested;
    run.courtesy.note(lockMilliseconds);
    if (run.steering.limits().batchRows === null) sizer.note(workMilliseconds);
    run.steering.note(transcoded.replacements.batch.keys.length);
    inHand = [...inHand.slice(1), ...(end.next ? [takeInHand(run, target, end.next)] : [])];
    run.reporter.report({
      kind: 'chunk committed',
      table: target.planned.table,
      pass: pass.number,
      rows: transcoded.replacements.batch.keys.length,
      counts: end.settled.counts,
      lockMilliseconds,
    });
  }
  const counts = await finishPass(run, target, pass);
  // A sweep meets every cell, whereas the pass that does the work may have begun in an earlier run.
  if (pass.number > 1 || run.proofs === 'none') warnOfNested(run, target, nested);
  return { kind: 'finished', counts };
}

function warnOfNested({ reporter }: MigrationRun, { planned }: RunningTarget, nested: number): void {
  if (nested === 0) return;
  const message =
    `${String(nested)} cells of table "${planned.table}" hold an encrypted cell again: ` +
    'they were encrypted twice, and only the outer one was rewritten';
  reporter.report({ kind: 'warning', message });
}

/** A claimed chunk that is being read and transcoded. */
interface ChunkInHand {
  readonly chunk: ClaimedChunk;
  readonly transcoded: Promise<TranscodedBatch>;
}

function takeInHand(run: MigrationRun, target: RunningTarget, chunk: ClaimedChunk): ChunkInHand {
  const transcoded = readAndTranscode(run, target, chunk);
  // Whoever awaits it sees the error; a run that ends before that must not end the process.
  transcoded.catch(() => undefined);
  return { chunk, transcoded };
}

async function finishPass(run: MigrationRun, target: RunningTarget, pass: Pass): Promise<CellCounts> {
  await run.database.transaction(async ({ ledger }) => {
    await ledger.holdRun(run.workerId);
    await ledger.finishPass(target.id);
  });
  reached('pass finished');
  const progress = await run.database.ledger.readProgress(run.migration.id);
  const counts =
    progress.find((entry) => entry.targetId === target.id && entry.pass === pass.number)?.counts ?? noCells;
  run.reporter.report({ kind: 'pass finished', table: target.planned.table, pass: pass.number, counts });
  return counts;
}

async function reportStart(run: MigrationRun, target: RunningTarget, pass: Pass): Promise<void> {
  const progress = await run.database.ledger.readProgress(run.migration.id);
  const done = progress.find((entry) => entry.targetId === target.id && entry.pass === pass.number);
  const { table, estimatedRows } = target.planned;
  run.reporter.report({
    kind: 'pass started',
    table,
    pass: pass.number,
    estimatedRows,
    doneRows: done?.rows ?? 0,
  });
}

/** Later passes find next to nothing to write: their chunks may be larger. */
const sweepFactor = 2;

function createSizer({ database }: MigrationRun, pass: Pass): BatchSizer {
  const { initialRows, maximumRows, targetMilliseconds } = database.pacing;
  const factor = pass.number === 1 ? 1 : sweepFactor;
  return createBatchSizer({
    initialRows: initialRows * factor,
    maximumRows: maximumRows * factor,
    targetMilliseconds,
  });
}

/** Chunks a second at least, where a maximum rate would make one chunk last for longer. */
const chunksPerSecond = 4;

function rowsOfChunk({ steering }: MigrationRun, sizer: BatchSizer): number {
  const { batchRows, maximumRowsPerSecond } = steering.limits();
  const most = maximumRowsPerSecond === null ? Infinity : Math.ceil(maximumRowsPerSecond / chunksPerSecond);
  return Math.min(batchRows ?? sizer.rows, most);
}

async function readAndTranscode(
  { database }: MigrationRun,
  target: RunningTarget,
  chunk: ClaimedChunk,
): Promise<TranscodedBatch> {
  const batch = await target.table.readBatch(chunk.range);
  reached('chunk read');
  const transcoded = await target.transcoder.transcode(batch);
  reached('chunk transcoded');
  return target.undo.restore(database.ledger, transcoded);
}

async function commitChunk(
  run: MigrationRun,
  target: RunningTarget,
  { chunk, transcoded, pass, limits }: PreparedChunk,
): Promise<ChunkEnd> {
  let locked = 0;
  const end = await run.database.transaction(async (transaction) => {
    locked = performance.now();
    if ((await transaction.layoutVersion(target.table)) !== pass.layoutVersion)
      return { kind: 'layout changed' } as const;
    await transaction.ledger.holdRun(run.workerId);
    const settled = await settleBatch(transaction, target, transcoded);
    reached('cells replaced');
    const rows = transcoded.replacements.batch.keys.length;
    await transaction.ledger.completeChunk({ chunk, rows, ...settled });
    reached('chunk completed');
    const next = await claimNext(run, target, { transaction, limits });
    return { kind: 'committed', settled, next, workMilliseconds: performance.now() - locked } as const;
  });
  return end.kind === 'committed' ? { ...end, lockMilliseconds: performance.now() - locked } : end;
}

/** Claims as many chunks as the transcoder works on at a time, and takes them in hand once the lock is gone. */
async function claimAhead(
  run: MigrationRun,
  target: RunningTarget,
  limits: BatchLimits,
): Promise<readonly ChunkInHand[]> {
  const claimed = await run.database.transaction(async (transaction) => {
    await transaction.ledger.holdRun(run.workerId);
    const chunks: ClaimedChunk[] = [];
    while (chunks.length < target.transcoder.lookahead) {
      const chunk = await claimNext(run, target, { transaction, limits });
      if (!chunk) break;
      chunks.push(chunk);
    }
    return chunks;
  });
  return claimed.map((chunk) => takeInHand(run, target, chunk));
}

/** What earlier runs left behind comes first, then the range behind the frontier. */
async function claimNext(
  run: MigrationRun,
  target: RunningTarget,
  { transaction, limits }: { readonly transaction: TargetTransaction; readonly limits: BatchLimits },
): Promise<ClaimedChunk | undefined> {
  const claimant = { targetId: target.id, workerId: run.workerId };
  const left = await transaction.ledger.reclaimChunk(claimant);
  if (left) return left;
  const after = await transaction.ledger.readFrontier(target.id);
  const upTo = await target.table.upperBound(after, limits);
  return upTo === null ? undefined : transaction.ledger.claimRange(claimant, { after, upTo });
}

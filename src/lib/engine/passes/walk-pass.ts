import type { Pass } from '../../ledger/pass.ts';
import { KeyturnError } from '../../model/keyturn-error.ts';
import { countedText } from '../../model/texts/counted-text.ts';
import type { MigrationRun, RunningTarget } from '../migration-run.ts';
import type { ActiveRun } from '../steering/courtesy.ts';
import { createBatchSizer, type BatchSizer } from './batch-sizer.ts';
import { refuseChangedShape, takeUpChangedLayout } from './begin-pass.ts';
import { createChunkSupply, type ChunkInHand, type ChunkSupply } from './chunk-supply.ts';
import { commitChunk, type ChunkEnd } from './commit-chunk.ts';

/** What all lanes of a walk share. */
interface Walk {
  readonly run: ActiveRun;
  readonly target: RunningTarget;
  readonly supply: ChunkSupply;
  readonly sizer: BatchSizer;
  /** Obeys operators and throttles, one lane after the other. */
  heed(): Promise<void>;
  pass: Pass;
  /** Cells so far that hold a cell again. */
  nested: number;
  /** Every lane ends after the chunk at hand: something has to be seen to first. */
  isHalted: boolean;
}

/**
 * Walks a target's pass, chunk by chunk, until there is nothing left to claim, and returns it, or the one that had to take
 * its place: read and transcode without a lock, then one transaction that
 * replaces the cells and completes the chunk. As many chunks are committed at a time as the database takes
 * transactions side by side; where that is one, they are committed in their order.
 */
export async function walkPass(
  run: ActiveRun,
  target: RunningTarget,
  begun: Pass,
): Promise<Pass | 'stopped'> {
  try {
    return await walk(run, target, begun);
  } catch (error) {
    // A table that was dropped or altered first shows in the statement that cannot be run any more.
    const isStatement = error instanceof KeyturnError && error.code === 'KT_STATEMENT_REFUSED';
    if (isStatement) await refuseChangedShape(run, target);
    throw error;
  }
}

async function walk(run: ActiveRun, target: RunningTarget, begun: Pass): Promise<Pass | 'stopped'> {
  const walking = startWalk(run, target, begun);
  await reportStart(run, target, begun);
  while ((await walkInLanes(walking)) === 'layout changed') await takeUpLayout(walking);
  if (run.steering.stop.aborted) return 'stopped';
  const { pass, nested } = walking;
  // A sweep meets every cell, whereas the pass that does the work may have begun in an earlier run.
  if (pass.number > 1 || run.proofs === 'none') warnOfNested(run, target, nested);
  return pass;
}

function startWalk(run: ActiveRun, target: RunningTarget, pass: Pass): Walk {
  const sizer = createSizer(run, target, pass);
  const bytes = run.database.pacing.maximumBytes;
  const supply = createChunkSupply(run, target, () => ({ rows: rowsOfChunk(run, sizer), bytes }));
  let turn = Promise.resolve();
  const heed = (): Promise<void> => {
    turn = turn.then(() => run.steering.heed());
    return turn;
  };
  return { run, target, supply, sizer, heed, pass, nested: 0, isHalted: false };
}

type LaneEnd = 'walked' | 'layout changed';

/** Lets every lane come to its end, also where one has failed, before its error is thrown. */
async function walkInLanes(walking: Walk): Promise<LaneEnd> {
  walking.isHalted = false;
  const { lanes } = walking.run.database.pacing;
  const ends = await Promise.allSettled(Array.from({ length: lanes }, () => walkLane(walking)));
  await walking.supply.settle();
  const failed = ends.find((end) => end.status === 'rejected');
  if (failed) throw failed.reason;
  const hasChanged = ends.some((end) => end.status === 'fulfilled' && end.value === 'layout changed');
  return hasChanged ? 'layout changed' : 'walked';
}

/** Commits one chunk after the other until there is none, or the run has to stop. */
async function walkLane(walking: Walk): Promise<LaneEnd> {
  const { run, supply } = walking;
  try {
    for (;;) {
      await walking.heed();
      if (run.steering.stop.aborted || walking.isHalted) return 'walked';
      const inHand = await supply.next();
      if (!inHand) return 'walked';
      if ((await commitOrLose(walking, inHand)) === 'layout changed') {
        supply.giveBack(inHand.chunk);
        walking.isHalted = true;
        return 'layout changed';
      }
    }
  } catch (error) {
    walking.isHalted = true;
    throw error;
  }
}

/**
 * A claim may be gone although the run still holds its lease: a server that took the place of another one may lack what that
 * one had committed last. The frontier is then where it was before the claim, and the range is claimed anew.
 */
async function commitOrLose(walking: Walk, inHand: ChunkInHand): Promise<ChunkEnd['kind'] | 'claim lost'> {
  try {
    return await commitInHand(walking, inHand);
  } catch (error) {
    if (!(error instanceof KeyturnError) || error.code !== 'KT_RUN_TAKEN_OVER') throw error;
    const { database, workerId } = walking.run;
    await database.transaction(({ ledger }) => ledger.holdRun(workerId));
    walking.supply.claimLost();
    return 'claim lost';
  }
}

async function commitInHand(walking: Walk, { chunk, transcoding }: ChunkInHand): Promise<ChunkEnd['kind']> {
  const { run, target, pass, supply, sizer } = walking;
  const transcoded = await transcoding;
  await run.courtesy.giveWay();
  const end = await commitChunk(run, target, { chunk, transcoded, pass, supply }).finally(transcoded.release);
  if (end.kind === 'layout changed') return end.kind;
  const rows = transcoded.replacements.batch.keys.length;
  walking.nested += transcoded.nested;
  run.courtesy.note(end.lockMilliseconds);
  if (run.steering.limits().batchRows === null) sizer.note(end.workMilliseconds);
  run.steering.note(rows);
  supply.add(end.claimed);
  run.reporter.report({
    kind: 'chunk committed',
    table: target.planned.table,
    pass: pass.number,
    rows,
    counts: end.settled.counts,
    lockMilliseconds: end.lockMilliseconds,
  });
  await run.jointProgress.report(target, pass.number);
  return end.kind;
}

/** The same chunks read again, or, where rows may have got other keys, chunks of a new pass. */
async function takeUpLayout(walking: Walk): Promise<void> {
  const { run, target, pass, supply } = walking;
  walking.pass = await takeUpChangedLayout(run, target, pass);
  if (walking.pass.number === pass.number) supply.readAgain();
  else supply.startOver();
}

function warnOfNested({ reporter }: MigrationRun, { planned }: RunningTarget, nested: number): void {
  if (nested === 0) return;
  const message =
    `${countedText(nested, 'cell holds', 'cells hold')} an encrypted cell again, in table "${planned.table}": ` +
    'encrypted twice, and only the outer one was rewritten';
  reporter.report({ kind: 'warning', message });
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

/** Rows of such a chunk at most, where the database does not like more anyway: several chunks of them lie in memory. */
const mostSweptRows = 3000;

/** Rows of a chunk at most whose values go into another column: of each row three or four values are read, and none stays packed. */
const mostCopiedRows = 1500;

function createSizer({ database }: MigrationRun, { planned }: RunningTarget, pass: Pass): BatchSizer {
  const { initialRows, maximumRows, targetMilliseconds } = database.pacing;
  const most = planned.columns.some(({ into }) => into !== undefined) ? mostCopiedRows : Infinity;
  const rowsIn = (rows: number): number => {
    const wanted = pass.number === 1 ? rows : Math.max(rows, Math.min(rows * sweepFactor, mostSweptRows));
    return Math.min(wanted, most);
  };
  return createBatchSizer({
    initialRows: rowsIn(initialRows),
    maximumRows: rowsIn(maximumRows),
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

import { setTimeout as sleep } from 'node:timers/promises';
import type { RunPhase } from '../model/migrations/migration-event.ts';
import { isPaired } from '../model/plans/planned-pair.ts';
import { reached } from '../model/runs/step.ts';
import { failureOfEnd, failureOfError } from './failure-of-run.ts';
import { judgeQuarantine } from './judge-quarantine.ts';
import { explainLostLedger } from './lost-ledger.ts';
import type { MigrationRun, RunningTarget } from './migration-run.ts';
import { beginPass } from './passes/begin-pass.ts';
import { sweepUntilClean } from './passes/sweep.ts';
import { walkPasses, type PlannedWalk } from './passes/walk-passes.ts';
import { recheckIssues } from './recheck-issues.ts';
import type { RunEnd } from './run-end.ts';
import { handOver, type Handover } from './runs/hand-over.ts';
import { contractOf, finalizeColumns } from './schema-changes/finalize-columns.ts';
import { removeStaleIndexes } from './schema-changes/remove-indexes.ts';
import { pendingSwaps, replacesIndexes, swapIndexes } from './schema-changes/swap-indexes.ts';
import { createCourtesy, type ActiveRun } from './steering/courtesy.ts';
import { createJointProgress } from './steering/joint-progress.ts';

/**
 * Takes a migration from wherever it stands to its end: the pass that does the work, sweeps until one finds
 * nothing, the census of everything outside the plan. Safe to call again after any interruption.
 */
export async function executeMigration(migrationRun: MigrationRun): Promise<RunEnd> {
  const courtesy = createCourtesy(migrationRun);
  const run = { ...migrationRun, courtesy, jointProgress: createJointProgress(migrationRun) };
  const { state } = run.steering;
  try {
    const end = await runPhases(run);
    await recordEnd(run, end);
    return end;
  } catch (caught) {
    const error = await explainLostLedger(run, caught);
    // What went wrong is the error to show, also where the ledger cannot be reached any more to say so.
    await state.fail(failureOfError(error)).catch(() => undefined);
    throw error;
  }
}

/** Leaves the migration in the state that the end of its run means; a run that was stopped can go on. */
async function recordEnd(run: MigrationRun, end: RunEnd): Promise<void> {
  const { state } = run.steering;
  switch (end.kind) {
    case 'succeeded':
      return recordSuccess(run);
    case 'ready':
      return state.moveTo(end.kind);
    case 'handed over':
      return;
    case 'stopped':
      return end.cause.kind === 'cancelled' ? state.moveTo('cancelled') : undefined;
    case 'quarantined':
    case 'outpaced':
    case 'left behind':
      return state.moveTo('failed', failureOfEnd(end, run.migration.plan));
  }
}

async function recordSuccess(run: MigrationRun): Promise<void> {
  const {
    steering: { state },
    proofs,
  } = run;
  // Where columns were parted, that was the last step.
  if (state.current() === 'succeeded') return;
  await state.moveWith('succeeded', async (transaction) => {
    await removeStaleIndexes(run, transaction);
    if (proofs !== 'none') await proofs.conclude();
    return 'concluded';
  });
  reached('migration succeeded');
}

async function runPhases(run: ActiveRun): Promise<RunEnd> {
  const { steering } = run;
  const stopped = (): RunEnd => ({ kind: 'stopped', cause: steering.stopCause() });
  const started = performance.now();
  await steering.heed();
  if (steering.stop.aborted) return stopped();
  await steering.state.moveTo('running');
  const worked = await timed(run, 'execute', () => finishWork(run));
  if (worked === 'stopped') return stopped();
  const handover = await handOverWork(run);
  if (handover === 'stopped') return stopped();
  if (handover.kind === 'handed over') return { kind: 'handed over', to: handover.to.owner };
  await steering.state.moveTo('verifying');
  if (run.proofs === 'none') return { kind: 'succeeded' };
  if (run.migration.failure?.code === 'KT_QUARANTINED') {
    const end = await recheckQuarantine(run);
    if (end) return end;
  }
  const isCopied = isPaired(run.migration.plan);
  const swept = await timed(run, 'verify', () => sweepUntilClean(run, isCopied ? 'unwatched' : started));
  // What others go on writing to the columns that values come from is marked, and taken over once they are frozen.
  const canGoOn = swept.kind === 'succeeded' || (swept.kind === 'outpaced' && isCopied);
  if (!canGoOn) return swept;
  const leftovers = await timed(run, 'census', run.proofs.takeCensus);
  if (leftovers === 'stopped') return stopped();
  reached('census finished');
  if (leftovers.length > 0) return { kind: 'left behind', leftovers };
  const judged = await judgeQuarantine(run, run.knobs.maximumQuarantine);
  return judged.kind === 'succeeded' ? contract(run) : judged;
}

/** Between two looks at whether the others have ended, in milliseconds. */
const lookMilliseconds = 100;

/** Leaves the rest to another run, or stays as the last one; one that is to conclude the migration waits until it is. */
async function handOverWork(run: ActiveRun): Promise<Exclude<Handover, { kind: 'waiting' }> | 'stopped'> {
  const { database, steering } = run;
  for (;;) {
    const handover = await handOver(database, run);
    if (handover.kind !== 'waiting') return handover;
    await sleep(lookMilliseconds, undefined, { signal: steering.stop }).catch(() => undefined);
    await steering.heed();
    if (steering.stop.aborted) return 'stopped';
  }
}

/** What came from other columns is there: those go now, or wait for it. */
async function contract(run: ActiveRun): Promise<RunEnd> {
  if (replacesIndexes(run)) return replaceIndexes(run);
  if (!isPaired(run.migration.plan)) return { kind: 'succeeded' };
  if (contractOf(run) === 'later' && run.migration.plan.newKey !== null) return { kind: 'ready' };
  // No limit excuses a value here that has no counterpart: it would be lost.
  const judged = await judgeQuarantine(run, 0);
  return judged.kind === 'succeeded' ? timed(run, 'finalize', () => finalizeColumns(run)) : judged;
}

/** New indexes take the place of the old ones now, or wait for it: until then both can be searched. */
async function replaceIndexes(run: ActiveRun): Promise<RunEnd> {
  const isPending = (await pendingSwaps(run)).length > 0;
  if (run.knobs.contract === 'later' && isPending) return { kind: 'ready' };
  return timed(run, 'finalize', () => swapIndexes(run));
}

/**
 * The last run proved everything but its quarantine: while that is too much, there is no need to walk the tables again.
 * Within the limit the proof is made anew, as exhaustive as ever, because others may have written since.
 */
async function recheckQuarantine(run: ActiveRun): Promise<RunEnd | undefined> {
  const rechecked = await recheckIssues(run);
  if (rechecked === 'stopped') return { kind: 'stopped', cause: run.steering.stopCause() };
  if (rechecked === 'incomplete') return undefined;
  const end = await judgeQuarantine(run, run.knobs.maximumQuarantine);
  return end.kind === 'succeeded' ? undefined : end;
}

/** Walks every target whose pass no earlier run has finished, from where that run stopped. */
async function finishWork(run: ActiveRun): Promise<'finished' | 'stopped'> {
  const walks = run.targets.flatMap((target) => walkToFinish(run, target) ?? []);
  return (await walkPasses(run, walks)) === 'stopped' ? 'stopped' : 'finished';
}

function walkToFinish(run: MigrationRun, target: RunningTarget): PlannedWalk | undefined {
  const { pass, passState, layoutVersion } = target.record;
  if (pass === 0) return { target, begin: () => beginPass(run, target, pass) };
  if (passState === 'done') return undefined;
  return { target, begin: () => Promise.resolve({ number: pass, layoutVersion: layoutVersion ?? '' }) };
}

async function timed<Result>(
  { reporter, steering }: MigrationRun,
  phase: RunPhase,
  work: () => Promise<Result>,
): Promise<Result> {
  const started = performance.now();
  reporter.report({ kind: 'phase started', phase });
  const result = await work();
  if (steering.stop.aborted) return result;
  reporter.report({ kind: 'phase finished', phase, milliseconds: performance.now() - started });
  return result;
}

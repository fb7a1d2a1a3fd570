import { setTimeout as sleep } from 'node:timers/promises';
import type { Pass, PassFinish } from '../../ledger/pass.ts';
import { noCells, type CellCounts } from '../../model/cells/cell-counts.ts';
import { reached } from '../../model/runs/step.ts';
import type { MigrationRun, RunningTarget } from '../migration-run.ts';
import { takeOverLostRuns } from '../runs/living-runs.ts';
import type { ActiveRun } from '../steering/courtesy.ts';
import { walkPass } from './walk-pass.ts';

/** A target that is to be walked, and how its pass begins. */
export interface PlannedWalk {
  readonly target: RunningTarget;
  readonly begin: () => Promise<Pass>;
}

/** A pass in which nothing is left to claim; the counts are those of the whole pass, over all runs. */
type WalkEnd = FinishedWalk | UnfinishedWalk;

interface FinishedWalk {
  readonly finish: 'finished';
  readonly counts: CellCounts;
}

interface UnfinishedWalk {
  readonly finish: Exclude<PassFinish, 'finished'>;
  readonly target: RunningTarget;
  readonly pass: Pass;
}

/** Between two looks at whether others have done their chunks, in milliseconds. */
const lookMilliseconds = 100;

/**
 * Walks passes to their ends, one after the other, whichever other runs walk them, too: does what is left to claim, then
 * waits for the chunks of the others, and takes up those that a lost run leaves behind.
 */
export async function walkPasses(
  run: ActiveRun,
  walks: readonly PlannedWalk[],
): Promise<readonly CellCounts[] | 'stopped'> {
  const ends: WalkEnd[] = [];
  for (const { target, begin } of walks) {
    const end = await walkToEnd(run, target, await begin());
    if (end === 'stopped') return end;
    ends.push(end);
  }
  return finishAll(run, ends);
}

async function finishAll(
  run: ActiveRun,
  ends: readonly WalkEnd[],
): Promise<readonly CellCounts[] | 'stopped'> {
  const counts: CellCounts[] = [];
  let unfinished = ends;
  while (unfinished.length > 0) {
    const still: WalkEnd[] = [];
    for (const end of unfinished) {
      if (end.finish === 'finished') {
        counts.push(end.counts);
        continue;
      }
      const { target, pass } = end;
      if (end.finish === 'others at work') await waitForOthers(run, end);
      if (run.steering.stop.aborted) return 'stopped';
      const next =
        end.finish === 'left behind'
          ? await walkToEnd(run, target, pass)
          : await tryToFinish(run, target, pass);
      if (next === 'stopped') return next;
      still.push(next);
    }
    unfinished = still;
  }
  return counts;
}

async function walkToEnd(run: ActiveRun, target: RunningTarget, begun: Pass): Promise<WalkEnd | 'stopped'> {
  const pass = await walkPass(run, target, begun);
  return pass === 'stopped' ? pass : tryToFinish(run, target, pass);
}

async function tryToFinish(run: MigrationRun, target: RunningTarget, pass: Pass): Promise<WalkEnd> {
  const { database, migration, workerId, reporter } = run;
  const finish = await database.transaction(async ({ ledger }) => {
    await ledger.holdRun(workerId);
    return ledger.finishPass({ targetId: target.id, workerId });
  });
  if (finish !== 'finished') return { finish, target, pass };
  reached('pass finished');
  const progress = await database.ledger.readProgress(migration.id);
  const found = progress.find((entry) => entry.targetId === target.id && entry.pass === pass.number);
  const counts = found?.counts ?? noCells;
  reporter.report({ kind: 'pass finished', table: target.planned.table, pass: pass.number, counts });
  return { finish, counts };
}

async function waitForOthers(run: ActiveRun, { target, pass }: UnfinishedWalk): Promise<void> {
  const { database, runner, steering, jointProgress } = run;
  await takeOverLostRuns(database, runner);
  await sleep(lookMilliseconds, undefined, { signal: steering.stop }).catch(() => undefined);
  await jointProgress.report(target, pass.number);
  await steering.heed();
}

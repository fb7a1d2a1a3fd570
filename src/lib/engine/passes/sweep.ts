import { setTimeout as sleep } from 'node:timers/promises';
import type { OtherProcess } from '../../model/databases/other-process.ts';
import type { RunEnd } from '../run-end.ts';
import type { ActiveRun } from '../steering/courtesy.ts';
import { beginPass } from './begin-pass.ts';
import { walkPasses } from './walk-passes.ts';

/** Sweeps in a row that may find more than half of the fewest so far, until others are said to outpace us. */
const sweepsWithoutProgress = 2;

/** How long others are watched at least for cells under the old key, in milliseconds. */
const watchMilliseconds = 2000;

/** How long rows that somebody keeps locked are waited for, and how often they are looked at, in milliseconds. */
const lockTimeoutMilliseconds = 60_000;
const lockPauseMilliseconds = 200;

/**
 * Walks all targets again and again until a sweep finds no cell under the old key: a pass cannot see what is
 * written behind its frontier. The sweep that finds nothing is at the same time the proof that nothing is left.
 * Where others use the database it begins a while after the run, or after the last cell that was found: a short
 * run would miss whoever writes under the old key now and then. `unwatched`: what others write is marked anyway.
 */
export async function sweepUntilClean(run: ActiveRun, runStarted: number | 'unwatched'): Promise<RunEnd> {
  let fewest = Number.POSITIVE_INFINITY;
  let stalled = 0;
  let watchedSince = runStarted === 'unwatched' ? -Infinity : runStarted;
  let lastProgress = performance.now();
  const others = new Map<number, OtherProcess>();
  for (;;) {
    if (await run.courtesy.hasOtherWriters()) await watch(run, watchedSince + watchMilliseconds);
    const swept = await sweepOnce(run);
    if (swept === 'stopped') return { kind: 'stopped', cause: run.steering.stopCause() };
    if (swept.found === 0) return { kind: 'succeeded' };
    if (runStarted !== 'unwatched') watchedSince = performance.now();
    for (const other of await run.database.otherProcesses()) others.set(other.processId, other);
    const outpaced = { kind: 'outpaced', cells: swept.found, otherProcesses: [...others.values()] } as const;
    // Where all that was found is locked, nobody has written it: to look again is no step back.
    if (swept.deferred === swept.found) {
      if (performance.now() - lastProgress > lockTimeoutMilliseconds) return outpaced;
      await watch(run, performance.now() + lockPauseMilliseconds);
      continue;
    }
    lastProgress = performance.now();
    stalled = 2 * swept.found <= fewest ? 0 : stalled + 1;
    fewest = Math.min(fewest, swept.found);
    if (stalled >= sweepsWithoutProgress) return outpaced;
  }
}

/** Lets others write for a while, to find out under which key they do. */
async function watch({ steering }: ActiveRun, until: number): Promise<void> {
  const milliseconds = Math.max(until - performance.now(), 0);
  await sleep(milliseconds, undefined, { signal: steering.stop }).catch(() => undefined);
}

/** `found`: cells under the old key, those among them that are `deferred` because others had them locked. */
interface Sweep {
  readonly found: number;
  readonly deferred: number;
}

async function sweepOnce(run: ActiveRun): Promise<'stopped' | Sweep> {
  let found = 0;
  let deferred = 0;
  for (const target of run.targets) {
    const ended = await walkPasses(run, [{ target, begin: () => beginPass(run, target) }]);
    if (ended === 'stopped') return 'stopped';
    for (const counts of ended) {
      found += counts.rewritten + counts.deferred;
      deferred += counts.deferred;
    }
  }
  return { found, deferred };
}

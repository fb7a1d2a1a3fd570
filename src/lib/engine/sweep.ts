import { beginPass } from './begin-pass.ts';
import type { MigrationRun } from './migration-run.ts';
import type { RunEnd } from './run-end.ts';
import { walkPass } from './walk-pass.ts';

/** Sweeps in a row that may find no less than the one before, until others are said to outpace us. */
const sweepsWithoutProgress = 2;

/**
 * Walks all targets again and again until a sweep finds no cell under the old key: a pass cannot see what is
 * written behind its frontier. The sweep that finds nothing is at the same time the proof that nothing is left.
 */
export async function sweepUntilClean(run: MigrationRun): Promise<RunEnd> {
  let fewest = Number.POSITIVE_INFINITY;
  let stalled = 0;
  for (;;) {
    const swept = await sweepOnce(run);
    if (swept === 'stopped') return { kind: 'stopped' };
    if (swept.found === 0) return { kind: 'succeeded' };
    stalled = swept.found < fewest ? 0 : stalled + 1;
    fewest = Math.min(fewest, swept.found);
    if (stalled >= sweepsWithoutProgress) return { kind: 'outpaced', cells: swept.found };
  }
}

async function sweepOnce(run: MigrationRun): Promise<'stopped' | { readonly found: number }> {
  let found = 0;
  for (const target of run.targets) {
    const end = await walkPass(run, target, await beginPass(run, target));
    if (end.kind === 'stopped') return 'stopped';
    found += end.counts.rewritten + end.counts.deferred;
  }
  return { found };
}

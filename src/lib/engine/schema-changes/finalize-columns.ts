import type { TargetTransaction } from '../../databases/target-database.ts';
import { findPair } from '../../model/plans/planned-pair.ts';
import { reached } from '../../model/runs/step.ts';
import type { PairRecord, PairSide, RetiredColumn } from '../../model/schema/column-pair.ts';
import { judgeQuarantine } from '../judge-quarantine.ts';
import type { MigrationRun, RunKnobs, RunningTarget } from '../migration-run.ts';
import { noteFingerprints, withFingerprints } from '../note-fingerprints.ts';
import { beginPass } from '../passes/begin-pass.ts';
import { sweepUntilClean } from '../passes/sweep.ts';
import { walkPasses } from '../passes/walk-passes.ts';
import type { RunEnd } from '../run-end.ts';
import type { ActiveRun } from '../steering/courtesy.ts';
import { refuseUnwatched } from '../steering/renew-watch.ts';
import { createEmptyingTranscoder } from '../transcoding/emptying-transcoder.ts';
import { lookUpColumns } from './existing-columns.ts';
import { forgetLostPairs } from './forget-lost-pairs.ts';
import { removeIndexes } from './remove-indexes.ts';

/** A pair of a run: the side that its values came from has to go. */
interface PairToPart {
  readonly pair: PairRecord;
  readonly source: PairSide;
  /** `emptied`: the column stays, without its values. */
  readonly end: RetiredColumn['kind'];
}

/** Passes in a row that may find as many values to empty as before, until something is said to bring them back. */
const passesWithoutProgress = 3;

/**
 * Retires the columns that values came from. They take no values any more; then a sweep proves once again that
 * the others have all of them; then they are emptied or dropped, in the transaction that ends the migration.
 */
export async function finalizeColumns(begun: ActiveRun): Promise<RunEnd> {
  const pairs = await pairsToPart(begun);
  const run = await freezeSources(begun, pairs);
  let fewest = Number.POSITIVE_INFINITY;
  for (let stalled = 0; ;) {
    const swept = await sweepUntilClean(run, 'unwatched');
    if (swept.kind !== 'succeeded') return swept;
    const copied = await judgeQuarantine(run, 0);
    if (copied.kind !== 'succeeded') return copied;
    const emptied = await emptySources(run, pairs);
    if (emptied === 'stopped') return { kind: 'stopped', cause: run.steering.stopCause() };
    const judged = await judgeQuarantine(run, 0);
    if (judged.kind !== 'succeeded') return judged;
    if (emptied === 0 && (await partColumns(run, pairs))) return { kind: 'succeeded' };
    // Nobody else may write here: a trigger that fills the column again would do so for ever.
    stalled = emptied < fewest ? 0 : stalled + 1;
    fewest = Math.min(fewest, emptied);
    if (emptied > 0 && stalled >= passesWithoutProgress)
      return { kind: 'outpaced', cells: emptied, otherProcesses: await run.database.otherProcesses() };
  }
}

/**
 * How plaintext columns end: as the run was told, or as the `finalize` was that froze them.
 * Until it ends nobody can write to them, so whatever run comes next goes on with it.
 */
export function contractOf({
  knobs,
  migration,
}: Pick<MigrationRun, 'knobs' | 'migration'>): RunKnobs['contract'] {
  return knobs.contract === 'later' ? (migration.contract ?? 'later') : knobs.contract;
}

async function pairsToPart(run: ActiveRun): Promise<readonly PairToPart[]> {
  const { database, targets } = run;
  const known = await database.ledger.listPairs();
  return targets.flatMap(({ planned: { table, columns } }) =>
    columns.flatMap((column): readonly PairToPart[] => {
      const pair = findPair(known, table, column);
      if (pair === undefined) return [];
      if (column.to.kind === 'plaintext') {
        return [{ pair, source: 'cells', end: pair.cellsColumn === 'added' ? 'dropped' : 'emptied' }];
      }
      return [{ pair, source: 'plaintext', end: contractOf(run) === 'drop' ? 'dropped' : 'emptied' }];
    }),
  );
}

/** From here on others can write no value to the columns that are to go. Done once, however often a run is resumed. */
async function freezeSources(run: ActiveRun, toPart: readonly PairToPart[]): Promise<ActiveRun> {
  const {
    steering,
    runner: { actor },
  } = run;
  const fingerprints = await steering.state.moveWith('finalizing', async ({ ledger, pairs }) => {
    for (const { pair, source, end } of toPart) {
      await refuseUnwatched(pairs, pair);
      await pairs.unwatch(pair, 'all');
      if (source === 'plaintext') {
        if (end === 'dropped') await pairs.refuseKeepers({ table: pair.table, column: pair.plaintext });
        const retired = joinRetired(pair.retired, await pairs.retire(pair, 'emptied'));
        await ledger.noteRetired(pair, { retired, actor });
      }
      await pairs.watch(pair);
      await pairs.freeze(pair, source);
    }
    const contract = contractOf(run);
    if (contract !== 'later') await ledger.noteContract({ migrationId: run.migration.id, contract, actor });
    return noteFingerprints({ ledger, pairs }, run.targets);
  });
  reached('sources frozen');
  return { ...run, targets: withFingerprints(run.targets, fingerprints) };
}

/** What a column was before any of the runs that have retired it. */
function joinRetired(before: RetiredColumn | null, now: RetiredColumn): RetiredColumn {
  if (before === null) return now;
  return {
    kind: now.kind,
    definition: before.definition,
    afterwards: [...before.afterwards, ...now.afterwards],
  };
}

/** Walks the tables in which a column is to stay without its values; tells how many it still had. */
async function emptySources(run: ActiveRun, toPart: readonly PairToPart[]): Promise<number | 'stopped'> {
  const emptied = new Set(toPart.filter(({ end }) => end === 'emptied').map(({ pair }) => pair.table));
  let found = 0;
  for (const target of run.targets.filter(({ planned }) => emptied.has(planned.table))) {
    const emptying: RunningTarget = {
      ...target,
      transcoder: createEmptyingTranscoder(target.planned.columns),
    };
    const ended = await walkPasses(run, [{ target: emptying, begin: () => beginPass(run, target) }]);
    if (ended === 'stopped') return 'stopped';
    for (const counts of ended) found += counts.rewritten + counts.deferred;
  }
  return found;
}

/** The last step, in one transaction that nobody else can write into. Undone, if somebody has written just before it. */
async function partColumns(run: ActiveRun, toPart: readonly PairToPart[]): Promise<boolean> {
  const exists = await lookUpColumns(run.database);
  const parted = await run.steering.state.moveWith('succeeded', async (transaction) => {
    const { ledger, pairs } = transaction;
    for (const { pair, source } of toPart) {
      await pairs.lock(pair.table);
      await refuseUnwatched(pairs, pair);
      if ((await ledger.countMarks(pair, source)) === 0) continue;
      await pairs.forgetStray(pair);
      if ((await ledger.countMarks(pair, source)) > 0) return undefined;
    }
    for (const one of toPart)
      await (one.source === 'plaintext' ? contract(run, transaction, one) : takeBack(run, transaction, one));
    await forgetLostPairs(run, transaction, exists);
    return noteFingerprints(transaction, run.targets);
  });
  if (parted !== undefined) reached('migration succeeded');
  return parted !== undefined;
}

/** The plaintext goes; an emptied column stays closed to it, a dropped one takes along what is made again with it. */
async function contract(
  { runner: { actor } }: ActiveRun,
  { ledger, pairs }: TargetTransaction,
  { pair, end }: PairToPart,
): Promise<void> {
  await pairs.unwatch(pair, end === 'dropped' ? 'all' : 'marks');
  if (end === 'dropped') {
    const frozen = (await ledger.listPairs()).find(({ id }) => id === pair.id)?.retired ?? null;
    const retired = joinRetired(frozen, await pairs.retire(pair, 'dropped'));
    await ledger.noteRetired(pair, { retired, actor });
    await pairs.dropColumn({ table: pair.table, column: pair.plaintext });
  }
  await ledger.clearMarks(pair);
}

/** The plaintext column is what it was, and nothing is left of the other one. */
async function takeBack(
  { runner: { actor } }: ActiveRun,
  transaction: TargetTransaction,
  { pair, end }: PairToPart,
): Promise<void> {
  const { ledger, pairs } = transaction;
  await pairs.unwatch(pair, 'all');
  const known = await ledger.listIndexes();
  const stale = known.filter(({ table, cells }) => table === pair.table && cells === pair.cells);
  await removeIndexes(transaction, stale, actor);
  if (end === 'dropped') await pairs.dropColumn({ table: pair.table, column: pair.cells });
  if (pair.retired !== null) await pairs.restore(pair, pair.retired);
  await ledger.forgetPair(pair, actor);
}

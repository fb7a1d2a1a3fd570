import type { FoundCell } from './fleet.ts';
import { isWithin, oldKeyOf, type ChunkRow, type MigrationRow } from './ledger-view.ts';
import { rangeName, type ObservedCommit, type Snapshot } from './observed-commit.ts';
import type { KeyName } from './tokens.ts';

/**
 * What no commit may break; `undefined` where it is kept, else how it was broken. That every cell is what the
 * applications put there, under one of the two keys, is checked whenever the cells are read.
 */
export type KeptPromise = (commit: ObservedCommit) => string | undefined;

/** All of them. */
export const promises: readonly KeptPromise[] = [
  nothingChangesOutsideCommits,
  oneRunAtATime,
  livingRunsAreLeftAlone,
  zombiesCommitNothing,
  countsAreTrue,
  checkpointsImplyRows,
  keysAreThoseOfTheLayout,
  passesAreWhole,
  oneMigrationIsUnfinished,
  successIsTrue,
];

/** A cell that no application has written since is as the last commit left it: a transaction is whole or not at all. */
function nothingChangesOutsideCommits({ earlier, before }: ObservedCommit): string | undefined {
  const known = new Map(earlier.cells.map((cell) => [cell.name, cell]));
  const odd = before.cells.find(({ name, stored, writtenAt }) => {
    const was = known.get(name);
    return was?.writtenAt === writtenAt && was.stored !== stored;
  });
  return odd && `${odd.name} was changed by a transaction that was not committed`;
}

function oneRunAtATime({ after }: ObservedCommit): string | undefined {
  const running = after.workers.filter(({ state }) => state === 'running');
  return running.length > 1 ? 'two runs hold a lease' : undefined;
}

/** A lease is taken only when it has expired, or when its process is known to be gone. */
/** A lease that lies further ahead was written before the clock was set back. */
export const longestLease = 120_000;

function livingRunsAreLeftAlone({ before, after, surroundings }: ObservedCommit): string | undefined {
  const { fleet, isGone } = surroundings;
  const living = before.workers.filter(
    ({ state, owner, leaseUntil }) =>
      state === 'running' &&
      leaseUntil > fleet.now &&
      leaseUntil <= fleet.now + longestLease &&
      !isGone(owner),
  );
  const lost = living.find(({ id }) =>
    after.workers.some((worker) => worker.id === id && worker.state === 'lost'),
  );
  return lost && `run ${lost.id} lives and was taken over`;
}

function zombiesCommitNothing({ workerId, before, after }: ObservedCommit): string | undefined {
  const own = after.workers.find(({ id }) => id === workerId);
  const isZombie = own?.state === 'lost' && before.changes !== after.changes;
  return isZombie ? `run ${own.id} was taken over and still commits` : undefined;
}

/** Cells that were changed are as many as the chunks of the commit count, and stand under their new key. */
function countsAreTrue(commit: ObservedCommit): string | undefined {
  const { before, after } = commit;
  const chunks = newlyDone(commit);
  const was = new Map(before.cells.map((cell) => [cell.name, cell.stored]));
  const changed = after.cells.filter(({ name, stored }) => was.get(name) !== stored);
  const counted = chunks.reduce((sum, { rewritten }) => sum + rewritten, 0);
  if (changed.length !== counted) return `${counted} cells count as rewritten, ${changed.length} were`;
  const odd = changed.find(
    ({ table, under }) => !chunks.some((chunk) => chunk.table === table && under !== keyBefore(after, chunk)),
  );
  return odd && `${odd.name} was changed, but not to the new key`;
}

/**
 * All cells of a chunk that is done are done: those that were under the old key when they were read, whatever has
 * become of them since, and those that have not changed since. The rest is for the next sweep.
 */
function checkpointsImplyRows(commit: ObservedCommit): string | undefined {
  for (const chunk of newlyDone(commit)) {
    if (chunk.isCorrection) continue;
    const from = keyBefore(commit.after, chunk);
    const read = commit.readings.batches.get(rangeName(chunk.table, chunk));
    const isOld = ({ table, under, rowKey }: FoundCell): boolean =>
      table === chunk.table && under === from && isWithin(rowKey, chunk);
    const readAsOld = new Set(read?.cells.filter(isOld).map(({ name }) => name));
    const isMissed = ({ name, writtenAt }: FoundCell): boolean =>
      readAsOld.has(name) || writtenAt < (read?.step ?? Number.POSITIVE_INFINITY);
    const left = commit.after.cells.find((cell) => isOld(cell) && isMissed(cell));
    if (left) return `chunk ${chunk.id} is done, but ${left.name} is not`;
  }
  return undefined;
}

/** A range of keys means the same rows only as long as nobody has given them others. */
function keysAreThoseOfTheLayout(commit: ObservedCommit): string | undefined {
  const { targets, layoutVersion } = commit.after;
  const chunk = newlyDone(commit).find(
    ({ targetId, isCorrection }) =>
      !isCorrection && targets.find(({ id }) => id === targetId)?.layoutVersion !== layoutVersion,
  );
  return chunk && `chunk ${chunk.id} is done, but its keys are those of another layout`;
}

/** The chunks of a pass that is done are done, and one begins where the other ends. */
function passesAreWhole({ after }: ObservedCommit): string | undefined {
  for (const { id, table, pass, passState } of after.targets) {
    if (passState === 'walking') continue;
    let end: string | null = null;
    for (const chunk of after.chunks.filter(
      (one) => one.targetId === id && one.pass === pass && !one.isCorrection,
    )) {
      if (chunk.state !== 'done' || chunk.after !== end)
        return `a pass over ${table} is done, but not chunk ${chunk.id}`;
      end = chunk.upTo;
    }
  }
  return undefined;
}

function oneMigrationIsUnfinished({ after }: ObservedCommit): string | undefined {
  const unfinished = after.migrations.filter(({ state }) => state !== 'succeeded' && state !== 'cancelled');
  return unfinished.length > 1 ? 'two migrations are unfinished' : undefined;
}

/** A migration that has succeeded leaves nothing under its old key that it could have known of. */
function successIsTrue(commit: ObservedCommit): string | undefined {
  const { before, after, step, readings, surroundings } = commit;
  const wasDone = new Set(before.migrations.filter(({ state }) => state === 'succeeded').map(({ id }) => id));
  for (const migration of after.migrations) {
    if (migration.state !== 'succeeded' || wasDone.has(migration.id)) continue;
    const from = oldKeyOf(migration);
    if (!endsWithAnIdleSweep(after, migration))
      return 'a migration has succeeded, but its last sweep found something';
    const left = after.cells.find((cell) => cell.under === from && couldBeKnown(commit, migration, cell));
    if (left)
      return `a migration has succeeded, but ${left.name} is under the old key since step ${left.writtenAt}`;
    const searchedAt = readings.searches.get('journal') ?? step;
    const isStray = surroundings.fleet.straysUnder(from).some((writtenAt) => writtenAt < searchedAt);
    if (isStray) return 'a migration has succeeded, but a stray cell is under the old key';
  }
  return undefined;
}

/** Every table was walked to its end a second time at least, and nothing was rewritten. */
function endsWithAnIdleSweep({ targets, chunks }: Snapshot, { id: migrationId }: MigrationRow): boolean {
  const own = targets.filter((target) => target.migrationId === migrationId);
  return own.every(
    ({ id, pass, passState }) =>
      pass > 1 &&
      passState === 'done' &&
      chunks.every((chunk) => chunk.targetId !== id || chunk.pass !== pass || chunk.rewritten === 0),
  );
}

/** Whether the last pass looked at a cell after it had been written. */
function couldBeKnown(
  { after, readings, surroundings }: ObservedCommit,
  { id }: MigrationRow,
  cell: FoundCell,
): boolean {
  const target = after.targets.find((one) => one.migrationId === id && one.table === cell.table);
  const chunks = after.chunks.filter(
    (one) => one.targetId === target?.id && one.pass === target.pass && !one.isCorrection,
  );
  const readAt = (chunk: ChunkRow): number => readings.batches.get(rangeName(chunk.table, chunk))?.step ?? 0;
  const endedAt = readings.ends.get(cell.table) ?? 0;
  const beganAt = Math.min(endedAt, ...chunks.map(readAt));
  // Where rows have got other keys since, nobody knows which chunk it was in.
  if (cell.table === 'notes' && surroundings.fleet.renumberedAt >= beganAt) return cell.writtenAt < beganAt;
  const chunk = chunks.find((one) => isWithin(cell.rowKey, one));
  return chunk ? cell.writtenAt < readAt(chunk) : cell.insertedAt < endedAt;
}

function newlyDone({ before, after }: ObservedCommit): readonly ChunkRow[] {
  const wasDone = new Set(before.chunks.filter(({ state }) => state === 'done').map(({ id }) => id));
  return after.chunks.filter(({ id, state }) => state === 'done' && !wasDone.has(id));
}

/** The key from which a chunk's migration goes. */
function keyBefore({ migrations }: Snapshot, { migrationId }: ChunkRow): KeyName | undefined {
  const migration = migrations.find(({ id }) => id === migrationId);
  return migration && oldKeyOf(migration);
}

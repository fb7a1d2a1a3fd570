import { rehearse, type RehearsedWrites } from '../../databases/rehearsal.ts';
import type { TargetDatabase } from '../../databases/target-database.ts';
import { executeMigration } from '../../engine/execute-migration.ts';
import type { RunningTarget, RunProofs } from '../../engine/migration-run.ts';
import type { OpenedRun } from '../../engine/runs/open-run.ts';
import { buildIndexes } from '../../engine/schema-changes/build-indexes.ts';
import { expandColumns } from '../../engine/schema-changes/expand-columns.ts';
import { liftGuards } from '../../engine/schema-changes/lift-guards.ts';
import { renewWatch } from '../../engine/steering/renew-watch.ts';
import type { Plan } from '../../model/plans/plan.ts';
import { checkPlan } from '../../planning/check-plan.ts';
import type { Reporter } from '../../reporters/reporter.ts';
import { openDatabase, openScratchDatabase } from '../database/open-database.ts';
import { currentRunner } from '../database/run-owner.ts';
import { refuseSharedGuesswork } from '../formats/refuse-weak-format.ts';
import { publishFirst } from '../keys/publish-first.ts';
import type { KeyPublication } from '../keys/publish-key.ts';
import { refuseSuppressedKeys } from '../preparation/refuse-foreign-keys.ts';
import { sampleOldValues } from '../scrub/sample-old-values.ts';
import { noteScrubRequest, scrubAfterwards } from '../scrub/scrub-afterwards.ts';
import { backUpFirst } from './back-up-first.ts';
import { bindTargets, type TargetTools } from './bind-targets.ts';
import { chooseUndo } from './choose-undo.ts';
import type { MigrationReport } from './migration-report.ts';
import type { MigrationRequest } from './migration-request.ts';
import { rehearsedPlan } from './rehearsed-plan.ts';
import { remakeIndexes } from './remake-indexes.ts';
import { takeCensus } from './take-census.ts';
import { underLease, type LeasedRun, type RunOutcome } from './under-lease.ts';

/** Runs a migration, or resumes it. */
export async function runMigration(request: MigrationRequest): Promise<MigrationReport> {
  const { use, intent } = request;
  const database = await openToWrite(request);
  try {
    await refuseQuietKeys(database, request);
    if (use === 'shared' && intent.kind !== 'resume') refuseSharedGuesswork(intent.plan);
    return await underLease(database, request, (run) => carryOut(database, request, run));
  } finally {
    await database.close();
  }
}

/** Runs a migration in transactions that roll back; `writes` says how many chunks are really written before that. */
export async function rehearseMigration(
  request: MigrationRequest,
  writes: RehearsedWrites,
): Promise<MigrationReport> {
  const database = await openToWrite(request);
  const memory = openScratchDatabase();
  try {
    await refuseQuietKeys(database, request);
    const rehearsal = rehearse(database, memory, writes);
    const { intent } = request;
    const plan = intent.kind === 'resume' ? null : await rehearsedPlan({ database, rehearsal }, intent.plan);
    const rehearsed = plan === null ? request : { ...request, intent: { kind: 'start', plan } as const };
    return await underLease(rehearsal, rehearsed, (run) => goThrough(rehearsal, request, run));
  } finally {
    await memory.close();
    await database.close();
  }
}

function openToWrite(request: MigrationRequest): Promise<TargetDatabase> {
  const { location, use, triggers = 'fire', connections } = request;
  return openDatabase(location, { access: 'write', use, triggers, connections });
}

/** Throws where rows would refer to nothing afterwards because triggers are to be suppressed (exit 2). */
async function refuseQuietKeys(
  database: TargetDatabase,
  { intent, triggers = 'fire' }: MigrationRequest,
): Promise<void> {
  if (triggers === 'fire') return;
  const plan =
    intent.kind === 'resume' ? (await database.ledger.findMigration(intent.migrationId))?.plan : intent.plan;
  if (plan !== undefined) await refuseSuppressedKeys(database, plan);
}

/** All steps of a run: preparation, chunks with their proofs, scrub. */
async function carryOut(
  database: TargetDatabase,
  request: MigrationRequest,
  { opened, transcoders, steering, reporter }: LeasedRun,
): Promise<RunOutcome> {
  if (request.use === 'shared') refuseSharedGuesswork(opened.migration.plan);
  const checked = await checkOpened(database, opened, request);
  await steering.heed();
  await backUpFirst(database, checked, { ...request, reporter, steering });
  const undo = await chooseUndo(database, checked, request.replaced);
  const run = await getReady(database, checked, request);
  const bind = bindWith(database, run, { transcoders, undo });
  const targets = await bind();
  await sampleOldValues(database, run.migration, { keys: request.keys, targets });
  const publication = publicationOf(opened, request, reporter);
  await publishFirst(database, run.migration, publication);
  const end = await executeMigration({
    ...run,
    ...{ database, steering, reporter, targets },
    runner: currentRunner(),
    bindTargets: bind,
    knobs: request.knobs,
    proofs: proveWith(database, run.migration.plan, { ...request, publication, steering }),
  });
  const scrub =
    end.kind === 'succeeded' ? await scrubAfterwards(database, run, { ...request, reporter }) : null;
  return { end, scrub, published: publication?.reference ?? null };
}

/** The steps of a rehearsal, which leave nothing behind: no backup, no new column, no kept cell, no published key, no proofs. */
async function goThrough(
  rehearsal: TargetDatabase,
  { keys, knobs }: MigrationRequest,
  { opened, transcoders, steering, reporter }: LeasedRun,
): Promise<RunOutcome> {
  const { migration } = opened;
  await checkPlan(migration.plan, rehearsal, { oldKey: keys.old, newKey: keys.new, identity: 'any' });
  await steering.heed();
  const undo = { replaced: 'forgotten', kept: 'ignored' } as const;
  const targets = bindTargets(rehearsal, migration, { transcoders, undo, pairs: [], indexes: [] });
  const end = await executeMigration({
    ...opened,
    ...{ database: rehearsal, steering, reporter, targets, knobs },
    runner: currentRunner(),
    bindTargets: () => Promise.resolve(targets),
    proofs: 'none',
  });
  return { end, scrub: null, published: null };
}

/** Throws where the migration cannot go on with the tables as they are. */
async function checkOpened(
  database: TargetDatabase,
  opened: OpenedRun,
  { keys, preferred }: MigrationRequest,
): Promise<OpenedRun> {
  const renewed = await renewWatch(database, opened, preferred);
  await remakeIndexes(database, renewed, currentRunner().actor);
  await checkPlan(renewed.migration.plan, database, { oldKey: keys.old, newKey: keys.new, identity: 'any' });
  return renewed;
}

/** What a run does before its first chunk: records what is to follow, and makes the columns that it fills. */
async function getReady(
  database: TargetDatabase,
  opened: OpenedRun,
  { scrub = 'as recorded' }: MigrationRequest,
): Promise<OpenedRun> {
  const { actor } = currentRunner();
  await liftGuards(database, opened, actor);
  const expanded = await expandColumns(database, await noteScrubRequest(database, opened, scrub), actor);
  await buildIndexes(database, expanded);
  return expanded;
}

/** Opens the tables of a migration as they are when it is called. */
function bindWith(
  database: TargetDatabase,
  { migration }: OpenedRun,
  tools: Pick<TargetTools, 'transcoders' | 'undo'>,
): () => Promise<readonly RunningTarget[]> {
  return async () => {
    const { ledger } = database;
    const [pairs, indexes] = [await ledger.listPairs(), await ledger.listIndexes()];
    return bindTargets(database, migration, { ...tools, pairs, indexes });
  };
}

/** Where this run writes the new key; nowhere if a run on another machine writes it into a file there. */
function publicationOf(
  { conclusion }: OpenedRun,
  { publication }: MigrationRequest,
  reporter: Reporter,
): KeyPublication | undefined {
  if (!publication || conclusion.publication !== null) return publication;
  const message = `the new key goes into ${publication.reference} on the machine of the run that was told so, not on this one`;
  reporter.report({ kind: 'warning', message });
  return undefined;
}

/** A key that was written beside the old one takes its place only when no cell needs that any more. */
function proveWith(
  database: TargetDatabase,
  plan: Plan,
  {
    keys,
    steering,
    publication,
  }: Pick<MigrationRequest, 'keys' | 'publication'> & Pick<LeasedRun, 'steering'>,
): RunProofs {
  return {
    takeCensus: () => takeCensus(database, plan, { keys, steering }),
    conclude: () => publication?.promote() ?? Promise.resolve(),
  };
}

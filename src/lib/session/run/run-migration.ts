import { rehearse, type RehearsedWrites } from '../../databases/rehearsal.ts';
import type { TargetDatabase } from '../../databases/target-database.ts';
import { executeMigration } from '../../engine/execute-migration.ts';
import type { MigrationRun, RunKnobs, RunningTarget, RunProofs } from '../../engine/migration-run.ts';
import { openRun, type OpenedRun, type RunCompany, type RunIntent } from '../../engine/open-run.ts';
import { buildIndexes } from '../../engine/schema-changes/build-indexes.ts';
import { expandColumns } from '../../engine/schema-changes/expand-columns.ts';
import { liftGuards } from '../../engine/schema-changes/lift-guards.ts';
import { renewWatch } from '../../engine/steering/renew-watch.ts';
import type { SteeredRun } from '../../engine/steering/steered-run.ts';
import { createSteering, type Steering } from '../../engine/steering/steering.ts';
import type { UndoWishes } from '../../engine/undo-keeper.ts';
import type { PairSide } from '../../model/column-pair.ts';
import type { DatabaseLocation } from '../../model/database-location.ts';
import type { Plan } from '../../model/plan.ts';
import type { SpeedLimits } from '../../model/speed-limits.ts';
import { checkPlan } from '../../planning/check-plan.ts';
import type { Reporter } from '../../reporters/reporter.ts';
import { createThrottle } from '../../throttles/registry.ts';
import type { ThrottleSettings } from '../../throttles/throttle.ts';
import { keepLease } from '../database/keep-lease.ts';
import { openDatabase, openScratchDatabase } from '../database/open-database.ts';
import { currentRunner } from '../database/run-owner.ts';
import type { KeyPair } from '../formats/bind-transcoder.ts';
import { refuseSharedGuesswork } from '../formats/refuse-weak-format.ts';
import { publishFirst } from '../keys/publish-first.ts';
import type { KeyPublication } from '../keys/publish-key.ts';
import { sampleOldValues } from '../scrub/sample-old-values.ts';
import { noteScrubWish, scrubAfterwards, type ScrubWish } from '../scrub/scrub-afterwards.ts';
import { openTranscoders } from '../threads/transcoder-threads.ts';
import { backUpFirst, type BackupChoice } from './back-up-first.ts';
import { bindTargets, type TargetTools } from './bind-targets.ts';
import { chooseUndo } from './choose-undo.ts';
import { noteEvents, reportMigration, type MigrationReport } from './migration-report.ts';
import { remakeIndexes } from './remake-indexes.ts';
import { takeCensus } from './take-census.ts';
import { turnLimits } from './turn-limits.ts';

/** Everything a run of a migration needs. */
export interface MigrationRequest {
  readonly location: DatabaseLocation;
  readonly use: 'shared' | 'exclusive';
  /** What the updates may set off; triggers fire by default. */
  readonly triggers?: 'fire' | 'suppress';
  /** Whether the run may work beside others on the same migration; by default it does so alone. */
  readonly company?: RunCompany;
  /** How many transactions go side by side; by default it depends on the machine. */
  readonly connections?: number | undefined;
  readonly intent: RunIntent;
  readonly keys: KeyPair;
  readonly knobs: RunKnobs;
  /** Limits to turn before the run begins; the others are what the ledger says. */
  readonly limits: Partial<SpeedLimits>;
  readonly throttles: ThrottleSettings;
  readonly backup: BackupChoice;
  /** What becomes of the cells that are replaced; forgotten by default. */
  readonly replaced?: UndoWishes['replaced'];
  /** Which side of a pair of columns counts where nobody has seen which was written last; by default that is an error. */
  readonly preferred?: PairSide | undefined;
  /** Whether a scrub follows, once the migration has succeeded. */
  readonly scrub?: ScrubWish;
  /** Where the new key goes: beside the old one before the first row, in its place at the end. */
  readonly publication?: KeyPublication | undefined;
  readonly reporter: Reporter;
  /** Asks the run to stop after the chunk at hand. */
  readonly stop: AbortSignal;
}

function openToWrite(request: MigrationRequest): Promise<TargetDatabase> {
  const { location, use, triggers = 'fire', connections } = request;
  return openDatabase(location, { access: 'write', use, triggers, connections });
}

/** Runs a migration, or resumes it, for real. */
export async function runMigration(request: MigrationRequest): Promise<MigrationReport> {
  const database = await openToWrite(request);
  try {
    return await runOn(database, request, { proofs: 'sweeps and census' });
  } finally {
    await database.close();
  }
}

/** Does all a run does, in transactions that roll back; `writes` says how much is really written meanwhile. */
export async function rehearseMigration(
  request: MigrationRequest,
  writes: RehearsedWrites,
): Promise<MigrationReport> {
  const database = await openToWrite(request);
  const memory = openScratchDatabase();
  try {
    const rehearsal = rehearse(database, memory, writes);
    return await runOn(rehearsal, { ...request, ...nothingStays }, { proofs: 'none' });
  } finally {
    await memory.close();
    await database.close();
  }
}

/** A rehearsal's ledger is in memory, and so would be what it keeps. */
const nothingStays = {
  backup: { kind: 'none' },
  replaced: 'forgotten',
  publication: undefined,
  scrub: 'as recorded',
} as const;

async function runOn(
  database: TargetDatabase,
  request: MigrationRequest,
  { proofs }: { readonly proofs: 'none' | 'sweeps and census' },
): Promise<MigrationReport> {
  const isShared = request.use === 'shared' && proofs !== 'none';
  if (isShared && request.intent.kind !== 'resume') refuseSharedGuesswork(request.intent.plan);
  const runner = currentRunner();
  const { actor } = runner;
  let opened = await turnLimits(database, await openRun(database, runner, request), request.limits);
  const { plan } = opened.migration;
  const lease = keepLease(database, opened.workerId);
  const { reporter, noted } = noteEvents(request.reporter);
  const steering = createSteering({
    ...opened,
    database,
    actor,
    reporter,
    interrupted: request.stop,
    ...throttling(database, request.throttles),
  });
  let ending = 'error';
  const cells = database.server ? 'packed' : 'single';
  const { transcoders, close: closeTranscoders } = openTranscoders(plan, request.keys, cells);
  try {
    if (isShared) refuseSharedGuesswork(plan);
    opened = await checkOpened(database, opened, request);
    await steering.heed();
    await backUpFirst(database, opened, { ...request, reporter, steering });
    const undo = await chooseUndo(database, opened, request.replaced);
    if (proofs !== 'none') opened = await getReady(database, opened, request);
    const bind = bindWith(database, opened.migration, { transcoders, undo, proofs });
    const targets = await bind();
    if (proofs !== 'none') await sampleOldValues(database, opened.migration, { keys: request.keys, targets });
    await publishFirst(database, opened.migration, request.publication);
    const runProofs: RunProofs =
      proofs === 'none' ? 'none' : proveWith(database, plan, { ...request, steering });
    const end = await executeMigration({
      ...opened,
      database,
      runner,
      reporter,
      steering,
      ...behaviourOf(request),
      proofs: runProofs,
      targets,
      bindTargets: bind,
    });
    ending = end.kind === 'stopped' ? end.cause.kind : end.kind;
    const isToScrub = end.kind === 'succeeded' && proofs !== 'none';
    const scrub = isToScrub ? await scrubAfterwards(database, opened, { ...request, reporter }) : null;
    return await reportMigration(database, { id: opened.migration.id, end, noted: noted(), scrub });
  } finally {
    lease.close();
    await closeTranscoders();
    await database
      .transaction(({ ledger }) => ledger.closeRun(opened.workerId, ending))
      .catch(() => undefined);
  }
}

/** The key's new place is known to the run that was given it, and so is that plaintext may go: a name was typed for that. */
function behaviourOf({ publication, knobs }: MigrationRequest): Pick<MigrationRun, 'knobs' | 'conclusion'> {
  const isOrdinary = publication === undefined && knobs.contract === 'later';
  return { knobs, conclusion: isOrdinary ? 'by the last run' : 'by this run' };
}

/** A key that was written beside the old one takes its place only when no cell needs that any more. */
function proveWith(
  database: TargetDatabase,
  plan: Plan,
  {
    keys,
    steering,
    publication,
  }: Pick<MigrationRequest, 'keys' | 'publication'> & { readonly steering: Steering },
): RunProofs {
  return {
    takeCensus: () => takeCensus(database, plan, { keys, steering }),
    conclude: () => publication?.promote() ?? Promise.resolve(),
  };
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

/** What a run does once, before its first chunk: it remembers what is to follow, and makes the columns that it fills. */
async function getReady(
  database: TargetDatabase,
  opened: OpenedRun,
  { scrub = 'as recorded' }: MigrationRequest,
): Promise<OpenedRun> {
  const { actor } = currentRunner();
  await liftGuards(database, opened, actor);
  const expanded = await expandColumns(database, await noteScrubWish(database, opened, scrub), actor);
  await buildIndexes(database, expanded);
  return expanded;
}

/** Opens the tables of a migration as they are; a rehearsal has made no column. */
function bindWith(
  database: TargetDatabase,
  migration: OpenedRun['migration'],
  {
    proofs,
    ...tools
  }: Pick<TargetTools, 'transcoders' | 'undo'> & { readonly proofs: 'none' | 'sweeps and census' },
): () => Promise<readonly RunningTarget[]> {
  return async () => {
    const pairs = proofs === 'none' ? [] : await database.ledger.listPairs();
    const indexes = proofs === 'none' ? [] : await database.ledger.listIndexes();
    return bindTargets(database, migration, { ...tools, pairs, indexes });
  };
}

function throttling(
  database: TargetDatabase,
  settings: ThrottleSettings,
): Pick<SteeredRun, 'throttle' | 'elapsed'> {
  const elapsed = (): number => performance.now();
  return { elapsed, throttle: createThrottle(settings, { database, elapsed, now: () => Date.now() }) };
}

import type { TargetDatabase } from '../databases/target-database.ts';
import type { LedgerWriter } from '../ledger/ledger.ts';
import { isPlainConclusion, plainConclusion, type Conclusion } from '../model/conclusion.ts';
import { KeyturnError } from '../model/keyturn-error.ts';
import type { MigrationRecord } from '../model/migration-record.ts';
import { isUnfinished } from '../model/migration-state.ts';
import type { Plan } from '../model/plan.ts';
import { leaseMilliseconds, type RunLease, type Runner } from '../model/run-owner.ts';
import { reached } from '../model/step.ts';
import { chooseConcluding, joinConclusion, type ConcludingRun } from './joint-conclusion.ts';
import type { MigrationRun } from './migration-run.ts';
import { endFirst, takesAlong } from './unfinished-plan.ts';

/** What a command wants to run. */
export type RunIntent =
  /**
   * A plan: resumed where an unfinished migration with the same keys covers it, else started. `insteadOf` is the
   * unfinished migration that does not fit the database any more, which is given up.
   */
  | { readonly kind: 'start'; readonly plan: Plan; readonly insteadOf?: string | undefined }
  | { readonly kind: 'resume'; readonly migrationId: string }
  /** Takes back a migration, which is given up if it has not finished. */
  | { readonly kind: 'reverse'; readonly migrationId: string; readonly plan: Plan };

/** Whether a run may work beside others on their migration, or only when nobody else does. */
export type RunCompany = 'alone' | 'join';

/** A migration under this run's lease. */
export interface OpenedRun {
  readonly migration: MigrationRecord;
  readonly workerId: number;
  readonly conclusion: Conclusion;
}

/** How a run is opened. */
interface RunOpening {
  readonly intent: RunIntent;
  /** By default it works alone. */
  readonly company?: RunCompany;
  /** What it was told to do in the end; nothing by default. */
  readonly conclusion?: Conclusion;
}

/**
 * Takes the database's lock and the migration to run, in one transaction. A run whose process is gone, or whose
 * lease has expired, is taken over; one that lives is `KT_LOCKED`, exit 11, unless it is to be joined while it works on
 * the same migration, is not verifying yet, and was told nothing else to do in the end (`KT_CONCLUDED_OTHERWISE`, exit 11).
 */
export async function openRun(
  database: TargetDatabase,
  runner: Runner,
  { intent, company = 'alone', conclusion: wanted = plainConclusion }: RunOpening,
): Promise<OpenedRun> {
  const opened = await database.transaction(async ({ ledger }) => {
    await ledger.install();
    const living = await takeOverGone(ledger, runner);
    if (company === 'alone' && living[0]) throw locked(living[0]);
    const migration = await chooseMigration(ledger, runner, intent);
    const other = living.find(({ migrationId }) => migrationId !== migration.id);
    if (other) throw locked(other);
    if (living[0] && !isShareable(migration)) throw nothingToShare(migration);
    const conclusion = joinConclusion(
      wanted,
      runner.owner,
      await withConclusions(ledger, migration.id, living),
    );
    return {
      migration,
      conclusion,
      workerId: await ledger.openRun({ migrationId: migration.id, owner: runner.owner, conclusion }),
    };
  });
  reached('run opened');
  return opened;
}

/** Takes over every run whose process is gone or whose lease has expired, if there is one. */
export async function takeOverLostRuns(database: TargetDatabase, runner: Runner): Promise<void> {
  const leases = await database.ledger.listLeases();
  if (leases.every((lease) => lives(lease, runner))) return;
  await database.transaction(({ ledger }) => takeOverGone(ledger, runner));
}

/** The leases of those that live. */
async function takeOverGone(ledger: LedgerWriter, runner: Runner): Promise<readonly RunLease[]> {
  const leases = await ledger.listLeases();
  for (const lease of leases) if (!lives(lease, runner)) await ledger.takeOverRun(lease, runner.owner);
  return leases.filter((lease) => lives(lease, runner));
}

/** What becomes of a run that has nothing left to do in a pass which others walk, too. */
export type Handover =
  | { readonly kind: 'last' }
  | { readonly kind: 'handed over'; readonly to: RunLease }
  /** Others live, and the migration is this run's to bring to its end. */
  | { readonly kind: 'waiting' };

/**
 * Ends this run where others work on the same migration, too: the last one to finish the pass goes on with it. One that was told
 * what to do in the end waits for the others instead; of several that do, the one that was told most stays, or the first.
 */
export async function handOver(
  database: TargetDatabase,
  {
    migration,
    runner,
    workerId,
    conclusion,
  }: Pick<MigrationRun, 'migration' | 'runner' | 'workerId' | 'conclusion'>,
): Promise<Handover> {
  return database.transaction(async ({ ledger }) => {
    await ledger.holdRun(workerId);
    const living = await takeOverGone(ledger, runner);
    const others = living.filter((lease) => lease.workerId !== workerId);
    if (others.length === 0) return { kind: 'last' };
    const heir = isPlainConclusion(conclusion)
      ? others[0]
      : await concludingHeir(
          ledger,
          { workerId, conclusion },
          await withConclusions(ledger, migration.id, others),
        );
    if (!heir) return { kind: 'waiting' };
    await ledger.closeRun(workerId, 'handed over');
    return { kind: 'handed over', to: heir };
  });
}

/** The run that concludes the migration, where all of them wait for each other and this is not it. */
async function concludingHeir(
  ledger: LedgerWriter,
  own: Pick<ConcludingRun, 'workerId' | 'conclusion'>,
  others: readonly ConcludingRun[],
): Promise<RunLease | undefined> {
  const waiting = await ledger.awaitOthers(own.workerId);
  if (!others.every((other) => waiting.includes(other.workerId))) return undefined;
  const concluding = chooseConcluding([own, ...others]);
  return others.find((other) => other === concluding);
}

async function withConclusions(
  ledger: LedgerWriter,
  migrationId: string,
  leases: readonly RunLease[],
): Promise<readonly ConcludingRun[]> {
  const conclusions = await ledger.listConclusions(migrationId);
  return leases.map((lease) => ({
    ...lease,
    conclusion: conclusions.get(lease.workerId) ?? plainConclusion,
  }));
}

/**
 * Tells whether a run still holds the lock: its lease has not expired, and its process is not known to be gone. A lease that
 * lies ahead by more than twice its length was written before the clock was set back, and would last until the clock is there
 * again: it is none.
 */
export function lives({ leaseUntil, now, owner }: RunLease, runner: Runner): boolean {
  const left = leaseUntil - now;
  return left > 0 && left <= 2 * leaseMilliseconds && !runner.isGone(owner);
}

async function chooseMigration(
  ledger: LedgerWriter,
  runner: Runner,
  intent: RunIntent,
): Promise<MigrationRecord> {
  if (intent.kind === 'resume')
    return resumable(await ledger.findMigration(intent.migrationId), intent.migrationId);
  const migrations = await ledger.listMigrations();
  const unfinished = migrations.find((migration) => isUnfinished(migration.state));
  if (intent.kind === 'start' && unfinished) {
    const isSame = isSameRotation(unfinished.plan, intent.plan);
    if (isSame && unfinished.id !== intent.insteadOf && covers(unfinished.plan, intent.plan))
      return unfinished;
    const goesOn = isSame && takesAlong(intent.plan, unfinished.plan);
    if (!goesOn && !(await isUntouched(ledger, migrations))) throw endFirst(unfinished);
  }
  if (unfinished) await giveUp(ledger, runner, unfinished);
  const reverses = intent.kind === 'reverse' ? intent.migrationId : null;
  return ledger.createMigration(intent.plan, { reverses, actor: runner.actor });
}

function resumable(migration: MigrationRecord | undefined, id: string): MigrationRecord {
  if (migration && isUnfinished(migration.state)) return migration;
  throw new KeyturnError({
    code: 'KT_NOTHING_TO_RESUME',
    reason: 'nothingFound',
    message: migration
      ? `migration ${id} is ${migration.state}`
      : `there is no migration "${id}" in this database`,
    hints: ['keyturn status'],
  });
}

/** Tells whether two plans take cells from the same state to the same other one: the keys, and what cells look like. */
function isSameRotation(one: Plan, other: Plan): boolean {
  const formats = ({ targets }: Plan): string =>
    JSON.stringify(targets[0]?.columns.slice(0, 1).map(({ from, to }) => [from, to]));
  return (
    one.oldKey?.checkValue === other.oldKey?.checkValue &&
    one.newKey?.checkValue === other.newKey?.checkValue &&
    formats(one) === formats(other)
  );
}

/**
 * Tells whether no cell was rewritten, and no column made, since the last migration that succeeded: what is unfinished can be
 * given up for another one without leaving anything of its own behind. One that was started with wrong keys would stand in
 * the way for ever otherwise.
 */
async function isUntouched(ledger: LedgerWriter, migrations: readonly MigrationRecord[]): Promise<boolean> {
  const lastSucceeded = migrations.findIndex(({ state }) => state === 'succeeded');
  for (const { id, targets } of lastSucceeded === -1 ? migrations : migrations.slice(0, lastSucceeded)) {
    const progress = await ledger.readProgress(id);
    if (targets.some(({ shape }) => shape === 'altered')) return false;
    if (progress.some(({ counts }) => counts.rewritten > 0)) return false;
  }
  return true;
}

/**
 * Tells whether every column of `plan` is among those of `recorded`, to be treated in the same way, and their tables
 * have not changed since.
 */
function covers(recorded: Plan, plan: Plan): boolean {
  const names = (of: Plan): readonly string[] =>
    of.targets.flatMap(({ table, fingerprint, columns }) =>
      columns.map(({ name, unrecognised }) => JSON.stringify([table, fingerprint, name, unrecognised])),
    );
  const known = new Set(names(recorded));
  return names(plan).every((name) => known.has(name));
}

async function giveUp(
  ledger: LedgerWriter,
  { actor }: Runner,
  { id, state }: MigrationRecord,
): Promise<void> {
  await ledger.changeState({ migrationId: id, from: state, to: 'cancelled', actor });
}

/** Several runs share the first pass, and nothing else. */
function isShareable({ targets }: MigrationRecord): boolean {
  return targets.some(({ pass, passState }) => pass === 0 || (pass === 1 && passState === 'walking'));
}

function nothingToShare({ id }: MigrationRecord): KeyturnError {
  return new KeyturnError({
    code: 'KT_LOCKED',
    reason: 'locked',
    message: `migration ${id} has nothing left to share: one run verifies it`,
    hints: ['keyturn status'],
  });
}

/** The error of a run that meets a living one. */
export function locked({ owner, migrationId }: RunLease): KeyturnError {
  return new KeyturnError({
    code: 'KT_LOCKED',
    reason: 'locked',
    message: `process ${String(owner.processId)} on ${owner.host} is running migration ${migrationId} on this database`,
    hints: ['keyturn status', 'wait for it with --wait 10m, or skip quietly with --if-locked skip'],
  });
}

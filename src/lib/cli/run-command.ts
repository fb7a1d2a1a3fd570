import type { RehearsedWrites } from '../databases/rehearsal.ts';
import type { RunConcurrency } from '../engine/runs/open-run.ts';
import type { LoadedKeys } from '../keys/load-key-pair.ts';
import type { DatabaseLocation } from '../model/databases/database-location.ts';
import { KeyturnError } from '../model/keyturn-error.ts';
import type { Plan } from '../model/plans/plan.ts';
import type { PlanOutcome } from '../planning/build-plan.ts';
import type { MigrationReport } from '../session/run/migration-report.ts';
import type { MigrationRequest } from '../session/run/migration-request.ts';
import type { SealingKeys } from '../session/scrub/scrub-succeeded.ts';
import { KeyturnCommand } from './base-command.ts';
import { choosePublication, publicationAt } from './choose-publication.ts';
import { adviseApplication } from './consent/advise-application.ts';
import { adviseOnBackup } from './consent/advise-on-backup.ts';
import type { Question } from './consent/confirmation.ts';
import { contractStep, hasToBeNamed, type ContractJob } from './consent/contract-step.ts';
import { questionsBeforeRun } from './consent/questions-before-run.ts';
import { refuseOtherProcesses, refuseConnections, refuseTriggers } from './consent/refuse-unfit-run.ts';
import { describePlan, nothingWritten, type UnneededPlan } from './description/describe-plan.ts';
import { describeRun, exitReasonOf } from './description/describe-run.ts';
import { questionBeforeScrub } from './description/describe-scrub.ts';
import type { FinishedRun } from './description/finished-run.ts';
import { renderPlan } from './rendering/render-plan.ts';
import { renderRun } from './rendering/render-run.ts';
import type { RunResult } from './results/run-result.ts';
import { isToScrub, requestOf, type RunFlags, type RunJob } from './run-job.ts';

/** What decides how long a command waits for another run. */
type WaitingFlags = RunFlags & { readonly database: DatabaseLocation; readonly concurrency?: RunConcurrency };

/** How a command found that there is nothing to do. */
interface UnneededRun {
  readonly flags: RunFlags & { readonly database: DatabaseLocation };
  readonly planMilliseconds: number;
  /** By default that of the plan. */
  readonly kind?: RunResult['kind'];
}

/** What is shown of a job while it runs, and when it has ended. */
type ShownJob = Pick<
  RunJob,
  'location' | 'flags' | 'intent' | 'planMilliseconds' | 'warnings' | 'afterRehearsal'
>;

/** The observers of a run: its reporter, and the signal that stops it. */
type RunObservers = Pick<MigrationRequest, 'reporter' | 'stop'>;

/** What `execute`, `rotate`, `rollback` and `dry-run` share: consent, the run, its result. */
export abstract class RunCommand extends KeyturnCommand<RunResult> {
  /**
   * Does `work` when no other run holds the database, waiting as long as `--wait` says; again, from its plan on,
   * when another run was quicker. A run that is to be skipped is a result, any other is exit 11.
   */
  protected async whenFree(flags: WaitingFlags, work: () => Promise<RunResult>): Promise<RunResult> {
    refuseConnections(flags.database, flags);
    if (flags['dry-run'] || flags.concurrency === 'join') return work();
    const { refuseStandby } = await import('../session/database/open-database.ts');
    await refuseStandby(flags.database);
    const { waitForLock } = await import('../session/database/wait-for-lock.ts');
    const deadline = performance.now() + (flags.wait ?? 0);
    for (;;) {
      const holder = await waitForLock(flags.database, {
        deadline,
        ifLocked: flags['if-locked'],
        announce: (message) => {
          this.note(message);
        },
      });
      if (holder) return this.conclude(nothingWritten('skipped', { plan: holder.plan, warnings: [] }, 0));
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof KeyturnError) || error.code !== 'KT_LOCKED') throw error;
      }
    }
  }

  /** Asks, runs or rehearses, prints the result and sets the exit code. */
  protected async carryOut(job: RunJob): Promise<RunResult> {
    const { publication, warnings } = await choosePublication(job);
    for (const warning of [...warningsOf(job.keys), ...warnings]) this.caution(warning);
    if (!job.flags['dry-run']) await this.#askFor(job);
    else if (job.flags.window) this.note('a dry run keeps nothing, and does not wait for --window');
    return this.#carryThrough(job, async (observers) => {
      const report = await this.#run(job, { ...requestOf(job), ...observers, publication });
      if (report.published !== null && report.end.kind === 'succeeded') {
        this.note(`${report.published} holds key ${job.keys.new?.key.id ?? ''} now: restart the application`);
      }
      return report;
    });
  }

  /** The configuration says where the key of a new rotation goes; a resumed one and a rollback use the recorded place. */
  protected withPublication<Flags extends RunFlags>(flags: Flags): Flags {
    return { ...flags, 'update-config': flags['update-config'] ?? this.configuredPublication };
  }

  /** Who joins others and says nothing of triggers does with them as they do. */
  protected async withTriggersOfOthers<Flags extends RunFlags & { readonly database: DatabaseLocation }>(
    flags: Flags,
    { obstacles }: Plan,
  ): Promise<Flags> {
    if (flags.triggers !== undefined) return flags;
    const { findTriggersOfOthers } = await import('../session/run/triggers-of-others.ts');
    const others = await findTriggersOfOthers(flags.database);
    if (!others) return flags;
    const { triggers, owner } = others;
    if (obstacles.length > 0 || triggers === 'suppress')
      this.note(`--triggers ${triggers}, as process ${owner.processId} on ${owner.host} has it`);
    return { ...flags, triggers };
  }

  /**
   * Goes on with the scrub that the latest migration still waits for, as the ledger says or `--scrub` does; undefined
   * where none does.
   */
  protected async scrubIfAwaited(
    { database: location, ...flags }: RunFlags & { readonly database: DatabaseLocation },
    keys: SealingKeys,
  ): Promise<RunResult | undefined> {
    if (flags['dry-run']) return undefined;
    const { findAwaitedScrub, scrubSucceeded } = await import('../session/scrub/scrub-succeeded.ts');
    const migration = await findAwaitedScrub(location, flags.scrub ? 'asked' : 'as recorded');
    if (!migration) return undefined;
    const { plan, id: migrationId } = migration;
    await this.confirm([await questionBeforeScrubOf({ location, plan }, 'now')]);
    const intent = { kind: 'resume', migrationId } as const;
    return this.#carryThrough({ location, flags, intent, planMilliseconds: 0, warnings: [] }, (observers) =>
      scrubSucceeded({ ...observers, location, migrationId, keys }),
    );
  }

  /** Shows the progress of some work, stops it on a signal, prints its result and sets the exit code. */
  async #carryThrough(
    job: ShownJob,
    work: (observers: RunObservers) => Promise<MigrationReport>,
  ): Promise<RunResult> {
    const { listenForStop } = await import('../session/stop-signals.ts');
    const stop = listenForStop((message) => {
      this.note(message);
    });
    try {
      const report = await this.withReporter((reporter) => work({ reporter, stop: stop.requested }));
      const finished: FinishedRun = {
        ...job,
        report,
        mode: job.flags['dry-run'] ? 'rehearsed' : 'real',
        maximumQuarantine: job.flags['max-quarantine'],
      };
      this.endWith(stop.exitCode() ?? exitReasonOf(finished));
      return this.conclude(describeRun(finished), job.warnings);
    } finally {
      stop.close();
    }
  }

  /** Prints that there is nothing to do; where the flags say so, the new key still goes to its place in the configuration. */
  protected async concludeAlready(
    { keys, ...unneeded }: Pick<RunJob, 'keys'> & UnneededPlan,
    { flags, planMilliseconds, kind = unneeded.plan.kind }: UnneededRun,
  ): Promise<RunResult> {
    const publication = await publicationAt(flags['update-config'], keys);
    if (!flags['dry-run']) await publication?.promote();
    const scrubbed = await this.scrubIfAwaited(flags, { oldKey: undefined, newKey: undefined, loaded: keys });
    if (scrubbed) return scrubbed;
    return this.conclude({ ...nothingWritten('nothing to do', unneeded, planMilliseconds), kind });
  }

  /** Shows a new plan, before it is asked about. */
  protected showPlan(outcome: PlanOutcome, location: DatabaseLocation): void {
    const described = { ...describePlan(outcome, location, null), next: [] };
    this.note(renderPlan(described, this.stderrPainter));
  }

  /** Prints a result and returns it. Warnings that stood in the plan on the screen are not printed again. */
  protected conclude(result: RunResult, told: readonly string[] = []): RunResult {
    const warnings = this.isQuiet ? result.warnings : result.warnings.filter((one) => !told.includes(one));
    const text = renderRun({ ...result, warnings }, this.painter);
    if (result.state === 'rehearsed') this.print(text);
    else this.printDeed(text, warnings);
    return result;
  }

  async #run({ flags }: RunJob, request: MigrationRequest): Promise<MigrationReport> {
    const { rehearseMigration, runMigration } = await import('../session/run/run-migration.ts');
    const writes: RehearsedWrites = flags['rehearse-writes'];
    return flags['dry-run'] ? rehearseMigration(request, writes) : runMigration(request);
  }

  async #askForContract({ location, plan }: RunJob, contract: ContractJob): Promise<void> {
    const { refuseContract } = await import('../session/preparation/refuse-contract.ts');
    await refuseContract(location, plan, contract);
    await this.confirmByName(contractStep(contract));
  }

  /** Asks every question of a run, after the refusals that need no answer. */
  async #askFor(job: RunJob): Promise<void> {
    const { location, flags, plan, keys, question, contract } = job;
    const { listOtherProcesses } = await import('../session/database/open-database.ts');
    refuseTriggers(plan, flags.triggers);
    const advice = adviseOnBackup(location, { asked: flags.backup, isNeeded: !flags['no-backup'] });
    if (advice !== undefined) this.note(advice);
    const use = flags.exclusive ? 'exclusive' : 'shared';
    const otherProcesses = await listOtherProcesses(location);
    refuseOtherProcesses(use, otherProcesses);
    if (otherProcesses.length > 0) this.note(adviseApplication(plan, contract));
    const afterwards = isToScrub(job) ? [await questionBeforeScrubOf(job, 'afterwards')] : [];
    // Who types the names of the columns is asked nothing more about the run, and told what follows it.
    const isNamed = contract !== undefined && hasToBeNamed(contract);
    if (isNamed) for (const { message } of afterwards) this.note(message.replace(/\?$/u, ''));
    if (isNamed) await this.#askForContract(job, contract);
    await this.confirm([
      ...questionsBeforeRun({ plan, newKey: keys.new, otherProcesses }),
      ...(isNamed ? [] : [{ message: question }, ...afterwards]),
    ]);
  }
}

function warningsOf({ old, new: fresh, indexes = [] }: LoadedKeys): readonly string[] {
  return [old, fresh, ...indexes].flatMap((key) => key?.warnings ?? []);
}

async function questionBeforeScrubOf(
  { location, plan }: Pick<RunJob, 'location' | 'plan'>,
  when: 'now' | 'afterwards',
): Promise<Question> {
  const { examineScrubAfter } = await import('../session/scrub/open-scrub.ts');
  return questionBeforeScrub(await examineScrubAfter(location, plan), 'kept', when);
}

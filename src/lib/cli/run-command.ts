import type { Interfaces } from '@oclif/core';
import type { RehearsedWrites } from '../databases/rehearsal.ts';
import type { RunIntent } from '../engine/open-run.ts';
import type { LoadedKeyPair } from '../keys/load-key-pair.ts';
import { KeyturnError } from '../model/keyturn-error.ts';
import type { Plan } from '../model/plan.ts';
import type { MigrationReport } from '../session/migration-report.ts';
import type { MigrationRequest } from '../session/run-migration.ts';
import { KeyturnCommand } from './base-command.ts';
import { questionsBefore, readBothKeys, refuseCompany, refuseTriggers } from './before-a-run.ts';
import { nothingWritten } from './describe-plan.ts';
import type { DatabaseLocation } from './database-location.ts';
import { describeRun, exitReasonOf, type FinishedRun } from './describe-run.ts';
import { renderRun } from './rendering/render-run.ts';
import type { RunResult } from './results.ts';
import type { runFlags } from './shared-flags.ts';

/** The flags of every command that changes cells. */
type RunFlags = Interfaces.InferredFlags<typeof runFlags>;

/** A run that is ready to start, but for the operator's consent. */
export interface RunJob {
  readonly location: DatabaseLocation;
  readonly flags: RunFlags;
  readonly plan: Plan;
  readonly intent: RunIntent;
  readonly keys: LoadedKeyPair;
  /** Asked before the first write, e.g. `rewrite about 1,234 cells of "fleet.db"?`. */
  readonly question: string;
  /** Where the backup goes when no flag says so. */
  readonly defaultBackup: 'beside' | 'none';
  readonly planMilliseconds: number;
  readonly warnings: readonly string[];
}

/** What `execute`, `rotate`, `rollback` and `dry-run` share: consent, the run, its result. */
export abstract class RunCommand extends KeyturnCommand<RunResult> {
  /**
   * Waits for another run as long as `--wait` says. Returns a result where that run is to be skipped; throws
   * exit 11 where it is not.
   */
  protected async skipIfLocked(location: DatabaseLocation, flags: RunFlags): Promise<RunResult | undefined> {
    if (flags['dry-run']) return undefined;
    const { waitForLock } = await import('../session/wait-for-lock.ts');
    const wait = { waitMilliseconds: flags.wait ?? 0, ifLocked: flags['if-locked'] };
    const holder = await waitForLock(location, wait);
    return holder && this.conclude(nothingWritten('skipped', { plan: holder.plan, warnings: [] }, 0));
  }

  /** Asks, runs or rehearses, prints the result and sets the exit code. */
  protected async carryOut(job: RunJob): Promise<RunResult> {
    for (const warning of [...job.keys.old.warnings, ...job.keys.new.warnings]) this.caution(warning);
    if (!job.flags['dry-run']) await this.#askFor(job);
    const { listenForStop } = await import('../session/stop-signals.ts');
    const stop = listenForStop((message) => {
      this.note(message);
    });
    try {
      const report = await this.withReporter((reporter) =>
        this.#run(job, { ...requestOf(job), reporter, stop: stop.requested }),
      );
      const finished: FinishedRun = {
        ...job,
        report,
        mode: job.flags['dry-run'] ? 'rehearsed' : 'real',
        maximumQuarantine: job.flags['max-quarantine'],
      };
      this.endWith(stop.exitCode() ?? exitReasonOf(finished));
      return this.conclude(describeRun(finished));
    } catch (error) {
      if (!isSkipped(error, job)) throw error;
      return this.conclude(nothingWritten('skipped', job, job.planMilliseconds));
    } finally {
      stop.close();
    }
  }

  /** Prints a result and returns it. */
  protected conclude(result: RunResult): RunResult {
    this.print(renderRun(result, this.painter));
    return result;
  }

  async #run({ flags }: RunJob, request: MigrationRequest): Promise<MigrationReport> {
    const { rehearseMigration, runMigration } = await import('../session/run-migration.ts');
    const writes: RehearsedWrites = flags['rehearse-writes'];
    return flags['dry-run'] ? rehearseMigration(request, writes) : runMigration(request);
  }

  /** Everything that only a person can answer. */
  async #askFor({ location, flags, plan, keys, question }: RunJob): Promise<void> {
    const { listOtherProcesses } = await import('../session/open-database.ts');
    refuseTriggers(plan, flags.triggers);
    const use = flags.exclusive ? 'exclusive' : 'shared';
    const otherProcesses = await listOtherProcesses(location);
    refuseCompany(use, otherProcesses);
    if (otherProcesses.length > 0) this.note(readBothKeys);
    await this.confirm(questionsBefore({ plan, newKey: keys.new, otherProcesses, use, question }));
  }
}

function isSkipped(error: unknown, { flags }: RunJob): boolean {
  return flags['if-locked'] === 'skip' && error instanceof KeyturnError && error.code === 'KT_LOCKED';
}

function requestOf(job: RunJob): Omit<MigrationRequest, 'reporter' | 'stop'> {
  const { flags } = job;
  return {
    location: job.location,
    use: flags.exclusive ? 'exclusive' : 'shared',
    // A rehearsal's ledger is empty: there is nothing in it to go on with.
    intent: flags['dry-run'] ? { kind: 'start', plan: job.plan } : job.intent,
    keys: { old: job.keys.old.key, new: job.keys.new.key },
    knobs: {
      courtesy: flags.exclusive ? 'hurry' : 'yield',
      batchRows: flags['batch-rows'] ?? null,
      maximumQuarantine: flags['max-quarantine'],
    },
    backup: backupOf(job),
    lockWaitMilliseconds: flags.wait ?? 0,
  };
}

function backupOf({ flags, defaultBackup }: RunJob): MigrationRequest['backup'] {
  if (flags['no-backup']) return { kind: 'none' };
  return flags.backup === undefined ? { kind: defaultBackup } : { kind: 'at', path: flags.backup };
}

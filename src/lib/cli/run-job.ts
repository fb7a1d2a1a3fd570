import type { Interfaces } from '@oclif/core';
import type { RunIntent } from '../engine/runs/choose-migration.ts';
import type { RunConcurrency } from '../engine/runs/open-run.ts';
import type { LoadedKeys } from '../keys/load-key-pair.ts';
import type { DatabaseLocation } from '../model/databases/database-location.ts';
import type { Plan } from '../model/plans/plan.ts';
import type { PairSide } from '../model/schema/column-pair.ts';
import type { MigrationRequest } from '../session/run/migration-request.ts';
import type { ContractJob } from './consent/contract-step.ts';
import { limitsOf, throttlesOf } from './flags/pace-flags.ts';
import type { publicationFlags, runFlags } from './flags/run-flags.ts';

/** The flags of every command that changes cells. */
export type RunFlags = Interfaces.InferredFlags<typeof runFlags> &
  Partial<Interfaces.InferredFlags<typeof publicationFlags>>;

/** A run that is ready to start, but for the operator's consent. */
export interface RunJob {
  readonly location: DatabaseLocation;
  readonly flags: RunFlags;
  readonly plan: Plan;
  readonly intent: RunIntent;
  readonly keys: LoadedKeys;
  /** Asked before the first write, e.g. `rewrite about 1,234 cells of "fleet.db"?`. */
  readonly question: string;
  /** Where the backup goes when no flag says so. */
  readonly defaultBackup: 'beside' | 'none';
  /** The plaintext columns whose values have moved to other columns, and how they end; without it they stay. */
  readonly contract?: ContractJob | undefined;
  readonly planMilliseconds: number;
  readonly warnings: readonly string[];
  /** Whether it may work beside other runs of the same migration; by default it does so alone. */
  readonly concurrency?: RunConcurrency;
  /** See `preferenceFlags`. */
  readonly preferred?: PairSide | undefined;
  /** What to type after a dry run; by default the same without `--dry-run`. */
  readonly afterRehearsal?: string;
}

/** Whether a scrub follows the run. */
export function isToScrub({ flags, plan }: RunJob): boolean {
  return flags.scrub || plan.afterwards === 'scrub';
}

/** The job as a request to the session, without its observers and the place of its new key. */
export function requestOf(job: RunJob): Omit<MigrationRequest, 'reporter' | 'stop' | 'publication'> {
  const { flags } = job;
  return {
    location: job.location,
    use: flags.exclusive ? 'exclusive' : 'shared',
    triggers: flags.triggers ?? 'fire',
    concurrency: job.concurrency ?? 'alone',
    connections: flags.connections,
    // A rehearsal's ledger is empty: there is nothing in it to go on with.
    intent: flags['dry-run'] ? { kind: 'start', plan: job.plan } : job.intent,
    keys: {
      old: job.keys.old?.key ?? null,
      new: job.keys.new?.key ?? null,
      indexes: (job.keys.indexes ?? []).map(({ key }) => key),
    },
    knobs: {
      courtesy: flags.exclusive ? 'hurry' : 'yield',
      maximumQuarantine: flags['max-quarantine'],
      contract: job.contract?.how ?? 'later',
    },
    limits: limitsOf(flags),
    // A rehearsal keeps nothing: who tries by day what is to run at night would wait for the night.
    throttles: { ...throttlesOf(flags), ...(flags['dry-run'] && { window: undefined }) },
    backup: backupOf(job),
    replaced: flags['keep-undo'] ? 'kept' : 'forgotten',
    scrub: flags.scrub ? 'asked' : 'as recorded',
    preferred: job.preferred,
  };
}

/** A PostgreSQL database is copied by its own tools alone. */
function backupOf({ location, flags, defaultBackup }: RunJob): MigrationRequest['backup'] {
  if (location.kind === 'postgres') return { kind: 'none' };
  if (flags['no-backup']) return { kind: 'none' };
  return flags.backup === undefined ? { kind: defaultBackup } : { kind: 'at', path: flags.backup };
}

import { Args, Flags } from '@oclif/core';
import { contractAtOnce } from '../lib/cli/consent/contract-step.ts';
import { consentQuestion, type RunDirection } from '../lib/cli/description/describe-plan.ts';
import { autoFinalizeFlags, preferenceFlags } from '../lib/cli/flags/contract-flags.ts';
import { databaseFlags } from '../lib/cli/flags/database-flags.ts';
import { indexKeyFlags } from '../lib/cli/flags/index-flags.ts';
import { recordedKeyFlags } from '../lib/cli/flags/key-flags.ts';
import { publicationFlags, runFlags } from '../lib/cli/flags/run-flags.ts';
import { recoverFirst } from '../lib/cli/recover-first.ts';
import type { RunResult } from '../lib/cli/results/run-result.ts';
import { RunCommand } from '../lib/cli/run-command.ts';
import type { PreparedExecution } from '../lib/session/preparation/prepare-execution.ts';

export default class Execute extends RunCommand {
  static override summary = 'Run a plan, or go on with the unfinished migration.';
  static override description =
    'With a plan file: runs it, unless the database, its schema or the keys are no longer those it was made for. ' +
    'Without: goes on with the one migration that has not finished, or with the scrub that was to follow the last one; ' +
    'the key references come from its plan. ' +
    'With --join it helps the runs that are at it already, from this or another machine; the last of them verifies.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> --database sqlite:fleet.db',
    '<%= config.bin %> <%= command.id %> plan.json --database sqlite:fleet.db --yes',
    '<%= config.bin %> <%= command.id %> plan.json --database sqlite:fleet.db --auto-finalize --confirm users.email --yes',
    '<%= config.bin %> <%= command.id %> --join --database postgres://keyturn@db1/fleet --yes',
  ];
  static override args = { plan: Args.string({ description: 'A plan written by "keyturn plan --output".' }) };
  static override flags = {
    ...databaseFlags,
    ...recordedKeyFlags,
    ...indexKeyFlags,
    ...runFlags,
    ...publicationFlags,
    ...autoFinalizeFlags,
    ...preferenceFlags,
    join: Flags.boolean({
      summary: 'Work beside the runs that have the migration in hand already, on a server.',
      exclusive: ['dry-run', 'exclusive', 'update-config'],
    }),
  };

  async run(): Promise<RunResult> {
    const { args, flags } = await this.parse(Execute);
    await recoverFirst('runs', flags);
    const concurrency = flags.join ? 'join' : 'alone';
    return this.whenFree({ ...flags, concurrency }, async () => {
      const started = performance.now();
      const { prepareExecution } = await import('../lib/session/preparation/prepare-execution.ts');
      const location = flags.database;
      const overrides = this.recordedKeys(flags);
      const scrubbed = args.plan === undefined ? await this.scrubIfAwaited(flags, overrides) : undefined;
      if (scrubbed) return scrubbed;
      const prepared = await prepareExecution(location, args.plan, overrides);
      const planMilliseconds = Math.round(performance.now() - started);
      const { keys, plan } = prepared;
      const isNewRotation = args.plan !== undefined && keys.old !== null && keys.new !== null;
      const completed = isNewRotation && !flags.join ? this.withPublication(flags) : flags;
      if (prepared.kind === 'already')
        return this.concludeAlready(prepared, { flags: completed, planMilliseconds });
      return this.carryOut({
        ...prepared,
        location,
        flags: flags.join ? await this.withTriggersOfOthers(completed, plan) : completed,
        concurrency,
        preferred: flags.prefer,
        contract: contractAtOnce(flags, prepared.plan, prepared.begun),
        question: consentQuestion(prepared.plan, directionOf(prepared, args.plan)),
        defaultBackup: 'beside',
        planMilliseconds,
        warnings: [],
      });
    });
  }
}

/** A finalize that was interrupted is gone on with, whatever was asked for: nobody can write plaintext until it ends. */
function directionOf(
  { begun }: Pick<PreparedExecution & { readonly kind: 'run' }, 'begun'>,
  planFile: string | undefined,
): RunDirection {
  if (begun !== null) return 'finalize';
  return planFile === undefined ? 'resume' : 'start';
}

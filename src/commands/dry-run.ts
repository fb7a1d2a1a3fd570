import { Args } from '@oclif/core';
import { consentQuestion, nothingWritten } from '../lib/cli/description/describe-plan.ts';
import { nextCommand } from '../lib/cli/description/next-command.ts';
import { databaseFlags } from '../lib/cli/flags/database-flags.ts';
import { indexKeyFlags } from '../lib/cli/flags/index-flags.ts';
import { recordedKeyFlags } from '../lib/cli/flags/key-flags.ts';
import { rehearsalFlags } from '../lib/cli/flags/run-flags.ts';
import { recoverFirst } from '../lib/cli/recover-first.ts';
import type { RunResult } from '../lib/cli/results/run-result.ts';
import { RunCommand } from '../lib/cli/run-command.ts';
import { shellWord } from '../lib/model/texts/shell-word.ts';

/** What the other flags of a run come to when nothing is written. */
const onlyRehearse = {
  'dry-run': true,
  backup: undefined,
  'no-backup': true,
  'keep-undo': false,
  scrub: false,
  wait: undefined,
  'if-locked': 'fail',
  triggers: undefined,
  yes: false,
} as const;

export default class DryRun extends RunCommand {
  static override summary = 'Do all that a plan says, in transactions that roll back.';
  static override description =
    'Opens, seals and compares every cell, writes the first chunks of each table and rolls them back. ' +
    'To rehearse a rotation without a plan file: "keyturn rotate --dry-run".';
  static override examples = [
    '<%= config.bin %> <%= command.id %> plan.json --database sqlite:fleet.db',
    '<%= config.bin %> <%= command.id %> plan.json --database sqlite:fleet.db --rehearse-writes all',
  ];
  static override args = {
    plan: Args.string({
      description: 'A plan written by "keyturn plan --output"; by default that of the unfinished migration.',
    }),
  };
  static override flags = { ...databaseFlags, ...recordedKeyFlags, ...indexKeyFlags, ...rehearsalFlags };

  async run(): Promise<RunResult> {
    const { args, flags } = await this.parse(DryRun);
    await recoverFirst('reads', flags);
    const rehearsing = { ...flags, ...onlyRehearse };
    return this.whenFree(rehearsing, async () => {
      const started = performance.now();
      const { prepareExecution } = await import('../lib/session/preparation/prepare-execution.ts');
      const location = flags.database;
      const overrides = this.recordedKeys(flags);
      const planFiles = args.plan === undefined ? [] : [args.plan];
      const prepared = await prepareExecution(location, args.plan, overrides);
      const planMilliseconds = Math.round(performance.now() - started);
      if (prepared.kind === 'already') {
        return this.conclude(nothingWritten('nothing to do', prepared, planMilliseconds));
      }
      return this.carryOut({
        ...prepared,
        location,
        flags: rehearsing,
        question: consentQuestion(prepared.plan, 'start'),
        defaultBackup: 'none',
        planMilliseconds,
        warnings: [],
        afterRehearsal: nextCommand(['execute', ...planFiles.map(shellWord)].join(' '), location),
      });
    });
  }
}

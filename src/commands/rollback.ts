import { Args } from '@oclif/core';
import { consentQuestion } from '../lib/cli/description/describe-plan.ts';
import { preferenceFlags } from '../lib/cli/flags/contract-flags.ts';
import { databaseFlags } from '../lib/cli/flags/database-flags.ts';
import { indexKeyFlags } from '../lib/cli/flags/index-flags.ts';
import { recordedKeyFlags } from '../lib/cli/flags/key-flags.ts';
import { publicationFlags, runFlags } from '../lib/cli/flags/run-flags.ts';
import { recoverFirst } from '../lib/cli/recover-first.ts';
import type { RunResult } from '../lib/cli/results/run-result.ts';
import { RunCommand } from '../lib/cli/run-command.ts';

export default class Rollback extends RunCommand {
  static override summary =
    'Take a migration back: every cell under its new key goes back under its old one.';
  static override description =
    'Works from any state and on current values, so that what the application wrote meanwhile survives. ' +
    'Makes no backup unless --backup says where: a rollback can itself be taken back.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> --database sqlite:fleet.db',
    '<%= config.bin %> <%= command.id %> 0199a3c4 --database sqlite:fleet.db --old-key file:old.key --yes',
  ];
  static override args = {
    id: Args.string({
      description: 'The migration, or the beginning of its id; by default the latest that is no rollback.',
    }),
  };
  static override flags = {
    ...databaseFlags,
    ...recordedKeyFlags,
    ...indexKeyFlags,
    ...runFlags,
    ...publicationFlags,
    ...preferenceFlags,
  };

  async run(): Promise<RunResult> {
    const { args, flags } = await this.parse(Rollback);
    await recoverFirst('runs', flags);
    return this.whenFree(flags, async () => {
      const started = performance.now();
      const { prepareRollback } = await import('../lib/session/preparation/prepare-execution.ts');
      const location = flags.database;
      const overrides = this.recordedKeys(flags);
      const prepared = await prepareRollback(location, args.id, overrides);
      const planMilliseconds = Math.round(performance.now() - started);
      if (prepared.kind === 'already') {
        return this.concludeAlready(prepared, { flags, planMilliseconds, kind: 'rollback' });
      }
      return this.carryOut({
        ...prepared,
        location,
        flags,
        preferred: flags.prefer,
        question: consentQuestion(prepared.plan, 'go back'),
        defaultBackup: 'none',
        planMilliseconds,
        warnings: [],
      });
    });
  }
}

import { KeyturnCommand } from '../lib/cli/base-command.ts';
import { describeTuning } from '../lib/cli/description/describe-tuning.ts';
import { databaseFlags } from '../lib/cli/flags/database-flags.ts';
import { unfinishedMigration } from '../lib/cli/flags/migration-arguments.ts';
import { limitsOf, speedFlags } from '../lib/cli/flags/pace-flags.ts';
import { recoverFirst } from '../lib/cli/recover-first.ts';
import { renderTuning } from '../lib/cli/rendering/render-tuning.ts';
import type { TuneResult } from '../lib/cli/results/tune-result.ts';
import { usageError } from '../lib/cli/usage-error.ts';

export default class Tune extends KeyturnCommand<TuneResult> {
  static override summary = 'Change how fast a migration may go, while it goes on.';
  static override description =
    'Works through the ledger, so it needs no key and may run on another machine. The run follows at its next chunk. ' +
    'The limits stay with the migration, also for later runs, until they are changed again.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> --database sqlite:fleet.db --max-rate 500',
    '<%= config.bin %> <%= command.id %> --database sqlite:fleet.db --nice 2 --batch-rows 100',
    '<%= config.bin %> <%= command.id %> --database sqlite:fleet.db --max-rate none --nice none',
  ];
  static override args = unfinishedMigration;
  static override flags = { ...databaseFlags, ...speedFlags };

  async run(): Promise<TuneResult> {
    const { args, flags, metadata } = await this.parse(Tune);
    // What a configuration says is for runs that begin.
    const typed = (name: keyof typeof speedFlags): number | null | undefined =>
      metadata.flags[name]?.setFromDefault === true ? undefined : flags[name];
    const limits = limitsOf({
      ...flags,
      'batch-rows': typed('batch-rows'),
      'max-rate': typed('max-rate'),
      nice: typed('nice'),
    });
    if (Object.keys(limits).length === 0) {
      throw usageError('nothing to change was given', ['add --max-rate 500, --nice 1 or --batch-rows 100']);
    }
    await recoverFirst('reads', flags);
    const { tuneMigration } = await import('../lib/session/orders/tune-migration.ts');
    const result = describeTuning(
      await tuneMigration(flags.database, { id: args.id, limits }),
      flags.database,
    );
    this.printDeed(renderTuning(result, this.painter));
    return result;
  }
}

import { databaseFlags } from '../lib/cli/flags/database-flags.ts';
import { unfinishedMigration } from '../lib/cli/flags/migration-arguments.ts';
import { orderFlags } from '../lib/cli/flags/run-flags.ts';
import { OrderCommand } from '../lib/cli/order-command.ts';
import type { OrderResult } from '../lib/cli/results/order-result.ts';

export default class Resume extends OrderCommand {
  static override summary = 'Let a paused migration go on.';
  static override description =
    'Works through the ledger, so it needs no key and may run on another machine. Where the run is gone meanwhile, ' +
    'it says so: "keyturn execute" starts another.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> --database sqlite:fleet.db',
    '<%= config.bin %> <%= command.id %> 0199a3c4 --database sqlite:fleet.db --wait 5m --json',
  ];
  static override args = unfinishedMigration;
  static override flags = { ...databaseFlags, ...orderFlags };

  async run(): Promise<OrderResult> {
    const { args, flags } = await this.parse(Resume);
    return this.give('resume', { id: args.id, flags });
  }
}

import { databaseFlags } from '../lib/cli/flags/database-flags.ts';
import { unfinishedMigration } from '../lib/cli/flags/migration-arguments.ts';
import { orderFlags } from '../lib/cli/flags/run-flags.ts';
import { OrderCommand } from '../lib/cli/order-command.ts';
import type { OrderResult } from '../lib/cli/results/order-result.ts';

export default class Pause extends OrderCommand {
  static override summary =
    'Let a migration wait after its chunk, from wherever you are; the run keeps its lock.';
  static override description =
    'Works through the ledger, so it needs no key and may run on another machine. The run waits until "keyturn resume", ' +
    'also when it is killed and started again meanwhile; Ctrl-C still stops it.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> --database sqlite:fleet.db',
    '<%= config.bin %> <%= command.id %> 0199a3c4 --database sqlite:fleet.db --wait 5m --json',
  ];
  static override args = unfinishedMigration;
  static override flags = { ...databaseFlags, ...orderFlags };

  async run(): Promise<OrderResult> {
    const { args, flags } = await this.parse(Pause);
    return this.give('pause', { id: args.id, flags });
  }
}

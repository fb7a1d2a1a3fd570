import { basename } from 'node:path';
import { leftByCancel } from '../lib/cli/description/left-by-cancel.ts';
import { databaseFlags } from '../lib/cli/flags/database-flags.ts';
import { unfinishedMigration } from '../lib/cli/flags/migration-arguments.ts';
import { confirmationFlags, namedStepFlags, orderFlags } from '../lib/cli/flags/run-flags.ts';
import { OrderCommand } from '../lib/cli/order-command.ts';
import type { OrderResult } from '../lib/cli/results/order-result.ts';
import { keyChange } from '../lib/model/plans/key-change.ts';
import type { MigrationStatus } from '../lib/session/inspection/read-status.ts';

export default class Cancel extends OrderCommand {
  static override summary =
    'Give a migration up for good: what is rewritten stays, the rest is left as it is.';
  static override description =
    'Stops its run after the chunk at hand. Where cells were rewritten, both keys stay needed: then the name of the ' +
    'database has to be typed. "keyturn rollback" takes back what was rewritten; "keyturn rotate" starts anew.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> --database sqlite:fleet.db',
    '<%= config.bin %> <%= command.id %> --database sqlite:fleet.db --confirm fleet.db',
  ];
  static override args = unfinishedMigration;
  static override flags = { ...databaseFlags, ...orderFlags, ...confirmationFlags, ...namedStepFlags };

  async run(): Promise<OrderResult> {
    const { args, flags } = await this.parse(Cancel);
    return this.give('cancel', { id: args.id, flags });
  }

  /** Cells under both keys need the name of the database. */
  protected override consent({ migration, cells }: MigrationStatus): Promise<void> {
    const { plan } = migration;
    const left = leftByCancel(migration);
    if (left !== undefined) this.caution(left);
    if (cells.rewritten === 0) return this.confirm([{ message: `give up migration ${migration.id}?` }]);
    return this.confirmByName({
      message:
        `giving up migration ${migration.id}, which goes ${keyChange(plan)}, leaves cells in both states, ` +
        'and the application has to read both from then on',
      name: basename(plan.database.location),
    });
  }
}

import { Flags } from '@oclif/core';
import { KeyturnCommand } from '../lib/cli/base-command.ts';
import { describeStatus } from '../lib/cli/description/describe-status.ts';
import { databaseFlags } from '../lib/cli/flags/database-flags.ts';
import { anyMigration } from '../lib/cli/flags/migration-arguments.ts';
import { recoverFirst } from '../lib/cli/recover-first.ts';
import { renderStatus } from '../lib/cli/rendering/render-status.ts';
import type { StatusResult } from '../lib/cli/results/status-result.ts';

/** Between two looks at the ledger, in milliseconds. */
const watchPause = 1000;

export default class Status extends KeyturnCommand<StatusResult> {
  static override summary = 'Show where a migration stands, from the ledger; changes nothing.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> --database sqlite:fleet.db',
    '<%= config.bin %> <%= command.id %> --database sqlite:fleet.db --watch',
    '<%= config.bin %> <%= command.id %> 0199a3c4 --database sqlite:fleet.db --json',
  ];
  static override args = anyMigration;
  static override flags = {
    ...databaseFlags,
    watch: Flags.boolean({ char: 'w', summary: 'Show it again every second until the migration ends.' }),
  };

  async run(): Promise<StatusResult> {
    const { args, flags } = await this.parse(Status);
    await recoverFirst('reads', flags);
    const { withReadOnlyDatabase } = await import('../lib/session/database/open-database.ts');
    const { requireMigration } = await import('../lib/session/database/recorded-migrations.ts');
    const { readStatus } = await import('../lib/session/inspection/read-status.ts');
    const look = async (): Promise<StatusResult> =>
      withReadOnlyDatabase(flags.database, async (database) => {
        const migration = await requireMigration(database, args.id);
        return describeStatus(await readStatus(database, migration), flags.database);
      });
    const screen = this.liveText();
    let status = await look();
    // Also while it waits to start, is paused, or its scrub is under way.
    while (flags.watch && screen.isRead() && status.heldBy !== null) {
      screen.show(renderStatus({ ...status, next: [] }, this.painter));
      await new Promise((resolve) => setTimeout(resolve, watchPause));
      status = await look();
    }
    screen.show(renderStatus(status, this.painter));
    return status;
  }
}

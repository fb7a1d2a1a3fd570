import { Args } from '@oclif/core';
import { KeyturnCommand } from '../../lib/cli/base-command.ts';
import { describeEvents } from '../../lib/cli/description/describe-audit.ts';
import { databaseFlags } from '../../lib/cli/flags/database-flags.ts';
import { recoverFirst } from '../../lib/cli/recover-first.ts';
import { renderEvents } from '../../lib/cli/rendering/render-audit.ts';
import type { AuditLogResult } from '../../lib/cli/results/audit-results.ts';

export default class AuditLog extends KeyturnCommand<AuditLogResult> {
  static override summary = 'List the events of the ledger: who did what to which migration, and when.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> --database sqlite:fleet.db',
    '<%= config.bin %> <%= command.id %> 0199a3c4 --database sqlite:fleet.db --json',
  ];
  static override args = {
    id: Args.string({ description: 'Only this migration, by its id or the beginning of it.' }),
  };
  static override flags = { ...databaseFlags };

  async run(): Promise<AuditLogResult> {
    const { args, flags } = await this.parse(AuditLog);
    await recoverFirst('reads', flags);
    const { withReadOnlyDatabase } = await import('../../lib/session/database/open-database.ts');
    const { requireMigration } = await import('../../lib/session/database/recorded-migrations.ts');
    const result = await withReadOnlyDatabase(flags.database, async (database) => {
      const id = args.id === undefined ? undefined : (await requireMigration(database, args.id)).id;
      return describeEvents(await database.ledger.listEvents(id), database.identity.location);
    });
    this.print(renderEvents(result, this.painter));
    return result;
  }
}

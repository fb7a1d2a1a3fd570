import { Flags } from '@oclif/core';
import { KeyturnCommand } from '../../lib/cli/base-command.ts';
import { describeIssues } from '../../lib/cli/description/describe-issues.ts';
import { databaseFlags } from '../../lib/cli/flags/database-flags.ts';
import { anyMigration } from '../../lib/cli/flags/migration-arguments.ts';
import { countFlag } from '../../lib/cli/flags/value-flags.ts';
import { recoverFirst } from '../../lib/cli/recover-first.ts';
import { renderIssueList } from '../../lib/cli/rendering/render-issue-list.ts';
import type { IssuesListResult } from '../../lib/cli/results/issues-list-result.ts';

export default class IssuesList extends KeyturnCommand<IssuesListResult> {
  static override summary = 'List the cells in quarantine: where each is and why, never what it holds.';
  static override description =
    'Each cell stands with a condition that finds its row. Repair the cells, then run "keyturn execute": it looks at ' +
    'them again before anything else, and at nothing else while too many are left.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> --database sqlite:fleet.db',
    '<%= config.bin %> <%= command.id %> 0199a3c4 --database sqlite:fleet.db --reason rejected --json',
  ];
  static override args = anyMigration;
  static override flags = {
    ...databaseFlags,
    reason: Flags.option({
      summary: 'Only those that neither key opens, that are no cells, or that the schema refuses.',
      options: ['rejected', 'displaced', 'malformed', 'refused'] as const,
    })(),
    limit: countFlag({ summary: 'Most cells to list.', least: 1 })({ default: 100 }),
  };

  async run(): Promise<IssuesListResult> {
    const { args, flags } = await this.parse(IssuesList);
    await recoverFirst('reads', flags);
    const { withReadOnlyDatabase } = await import('../../lib/session/database/open-database.ts');
    const { requireMigration } = await import('../../lib/session/database/recorded-migrations.ts');
    const { readIssues } = await import('../../lib/session/inspection/read-issues.ts');
    const list = await withReadOnlyDatabase(flags.database, async (database) =>
      readIssues(database, await requireMigration(database, args.id), flags),
    );
    const result = describeIssues(list, flags.database);
    this.print(renderIssueList(result, this.painter));
    return result;
  }
}

import type { DatabaseLocation } from '../../model/databases/database-location.ts';
import type { IssueList } from '../../session/inspection/read-issues.ts';
import type { IssuesListResult } from '../results/issues-list-result.ts';
import { nextCommand } from './next-command.ts';

/** Cells in quarantine as they are printed. */
export function describeIssues(list: IssueList, location: DatabaseLocation): IssuesListResult {
  const { migration, total, issues } = list;
  const commands = nextSteps(list);
  return {
    migration: migration.id,
    database: migration.plan.database.location,
    oldKeyId: migration.plan.oldKey?.id ?? null,
    newKeyId: migration.plan.newKey?.id ?? null,
    total,
    issues: issues.map(({ table, rowKey, where, column, reason, firstSeenAt }) => ({
      table,
      rowKey,
      where,
      column,
      reason,
      firstSeenAt,
    })),
    next: commands.map((command) => nextCommand(command, location)),
  };
}

function nextSteps({ migration, total, issues }: IssueList): readonly string[] {
  if (total === 0) return ['status'];
  const more = issues.length < total ? [`issues list ${migration.id} --limit ${total}`] : [];
  return migration.state === 'failed' ? [...more, 'execute', `rollback ${migration.id}`] : more;
}

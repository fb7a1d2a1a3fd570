import { sql, type Kysely } from 'kysely';
import type { IssueGroup } from '../../model/cells/cell-issue.ts';
import type { RecordedIssue } from '../../model/migrations/migration-record.ts';
import type { IssueFilter } from '../ledger.ts';
import type { LedgerTables } from '../schema/tables.ts';

/** Cells in quarantine, in the order of their targets and keys; see LedgerReader. */
export async function listIssues(
  ledger: Kysely<LedgerTables>,
  migrationId: string,
  { reason, limit }: IssueFilter = {},
): Promise<readonly RecordedIssue[]> {
  let query = issuesOf(ledger, migrationId)
    .select(['target.table_name', 'issue.row_key', 'issue.column_name', 'issue.reason', 'issue.first_at'])
    .orderBy('issue.target_id')
    // Numbers in their order: the shorter one is the smaller one.
    .orderBy(sql`length(issue.row_key)`)
    .orderBy('issue.row_key');
  if (reason !== undefined) query = query.where('issue.reason', '=', reason);
  if (limit !== undefined) query = query.limit(limit);
  const rows = await query.execute();
  return rows.map((row) => ({
    table: row.table_name,
    rowKey: row.row_key,
    column: row.column_name,
    reason: row.reason,
    firstSeenAt: row.first_at,
  }));
}

/** Places named for each reason; the ledger knows them all. */
const placesShown = 5;

/** Counts the cells in quarantine by reason; see LedgerReader. */
export async function groupIssues(
  ledger: Kysely<LedgerTables>,
  migrationId: string,
): Promise<readonly IssueGroup[]> {
  const counts = await issuesOf(ledger, migrationId)
    .groupBy('issue.reason')
    .orderBy('issue.reason')
    .select(({ fn }) => ['issue.reason', fn.countAll<number>().as('cells')])
    .execute();
  const groups: IssueGroup[] = [];
  for (const { reason, cells } of counts) {
    const places = await listIssues(ledger, migrationId, { reason, limit: placesShown });
    groups.push({
      reason,
      cells,
      places: places.map(({ table, rowKey, column }) => ({ table, rowKey, column })),
    });
  }
  return groups;
}

function issuesOf(ledger: Kysely<LedgerTables>, migrationId: string) {
  return ledger
    .selectFrom('keyturn_cell_issue as issue')
    .innerJoin('keyturn_target as target', 'target.id', 'issue.target_id')
    .where('target.migration_id', '=', migrationId);
}

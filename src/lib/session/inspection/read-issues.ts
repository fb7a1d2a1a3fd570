import type { TargetDatabase } from '../../databases/target-database.ts';
import { countIssues, type IssueReason } from '../../model/cells/cell-issue.ts';
import { parseRowKey } from '../../model/cells/row-batch.ts';
import type { MigrationRecord, RecordedIssue } from '../../model/migrations/migration-record.ts';

/** Which issues of a migration are wanted. */
export interface IssueFilter {
  /** `undefined`: every reason. */
  readonly reason: IssueReason | undefined;
  /** Most issues to read. */
  readonly limit: number;
}

/** Some of the cells in quarantine. */
export interface IssueList {
  readonly migration: MigrationRecord;
  /** How many there are for that reason, shown or not. */
  readonly total: number;
  readonly issues: readonly LocatedIssue[];
}

/** A cell in quarantine with the condition that finds its row; `null` where its table is gone. */
interface LocatedIssue extends RecordedIssue {
  readonly where: string | null;
}

/** Reads the cells of a migration that are in quarantine: places and reasons, never values. */
export async function readIssues(
  database: TargetDatabase,
  migration: MigrationRecord,
  { reason, limit }: IssueFilter,
): Promise<IssueList> {
  const groups = await database.ledger.groupIssues(migration.id);
  const wanted = groups.filter((group) => reason === undefined || group.reason === reason);
  const tables = new Set((await database.listTables()).map(({ table }) => table));
  const issues: LocatedIssue[] = [];
  for (const issue of await database.ledger.listIssues(migration.id, { reason, limit })) {
    const where = tables.has(issue.table) ? await locate(database, issue) : null;
    issues.push({ ...issue, where });
  }
  return { migration, total: countIssues(wanted).cells, issues };
}

/** No column is opened: that of the cell may be gone, or called otherwise. */
function locate(database: TargetDatabase, { table, rowKey }: RecordedIssue): Promise<string> {
  return database.openTable(table, []).describeRow(parseRowKey(rowKey));
}

import { countIssues } from '../model/cells/cell-issue.ts';
import type { MigrationRun } from './migration-run.ts';
import type { RunEnd } from './run-end.ts';

/** Whether a migration may succeed with what is in quarantine: so many cells at most, and none that the schema refuses. */
export async function judgeQuarantine(
  { database, migration }: Pick<MigrationRun, 'database' | 'migration'>,
  mostCells: number,
): Promise<RunEnd> {
  const { cells, refused } = countIssues(await database.ledger.groupIssues(migration.id));
  return refused > 0 || cells > mostCells ? { kind: 'quarantined', cells, refused } : { kind: 'succeeded' };
}

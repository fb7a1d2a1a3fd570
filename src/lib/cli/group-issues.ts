import type { RecordedIssue } from '../model/migration-record.ts';
import type { IssueGroup } from './results.ts';

/** Places named for each reason; the ledger knows them all. */
const placesShown = 5;

/** Groups cells in quarantine by reason, with the first few places of each. */
export function groupIssues(issues: readonly RecordedIssue[]): readonly IssueGroup[] {
  const reasons = [...new Set(issues.map(({ reason }) => reason))].sort();
  return reasons.map((reason) => {
    const places = issues.filter((issue) => issue.reason === reason);
    return {
      reason,
      cells: places.length,
      places: places.slice(0, placesShown).map(({ table, rowKey, column }) => ({ table, rowKey, column })),
    };
  });
}

import type { CellPlace, IssueReason } from '../../model/cells/cell-issue.ts';
import type { KeyId } from '../../model/columns/column-state.ts';

/** `issues list`. */
export interface IssuesListResult {
  readonly migration: string;
  readonly database: string;
  readonly oldKeyId: KeyId | null;
  readonly newKeyId: KeyId | null;
  /** How many there are, listed or not. */
  readonly total: number;
  readonly issues: readonly ListedIssue[];
  readonly next: readonly string[];
}

/** A cell in quarantine. */
interface ListedIssue extends CellPlace {
  /** A condition that finds the row; `null` where its table is gone. */
  readonly where: string | null;
  readonly reason: IssueReason;
  /** Milliseconds since 1970. */
  readonly firstSeenAt: number;
}

import type { RowKey } from './row-batch.ts';

/**
 * Why a cell is in quarantine. `rejected`: the right format, but neither key opens it; `malformed`: not this format
 * at all; `refused`: a constraint or trigger of the schema does not let the new cell in.
 */
export type IssueReason = 'rejected' | 'malformed' | 'refused';

/** A cell that could not be changed, by place and reason; never its value. */
export interface CellIssue {
  readonly rowKey: RowKey;
  readonly column: string;
  readonly reason: IssueReason;
}

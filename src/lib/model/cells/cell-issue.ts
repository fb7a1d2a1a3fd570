import type { RowKey } from './row-batch.ts';

/**
 * Why a cell is in quarantine. `rejected`: the right format, but neither key opens it; `displaced`: it names one of the keys,
 * but does not open where it stands; `malformed`: not this format at all; `refused`: a constraint or trigger of the schema
 * does not let the new cell in.
 */
export type IssueReason = 'rejected' | 'displaced' | 'malformed' | 'refused';

/** Cells in quarantine for the same reason. */
export interface IssueGroup {
  readonly reason: IssueReason;
  readonly cells: number;
  /** The first few, by table, row key and column; never a value. */
  readonly places: readonly CellPlace[];
}

/** Where a cell is. */
export interface CellPlace {
  readonly table: string;
  readonly rowKey: string;
  readonly column: string;
}

/** All cells of some groups, and those among them that the schema refused, which no limit excuses. */
export function countIssues(groups: readonly IssueGroup[]): {
  readonly cells: number;
  readonly refused: number;
} {
  const cellsOf = (counted: readonly IssueGroup[]): number =>
    counted.reduce((sum, { cells }) => sum + cells, 0);
  return { cells: cellsOf(groups), refused: cellsOf(groups.filter(({ reason }) => reason === 'refused')) };
}

/** A cell that could not be changed, by place and reason; never its value. */
export interface CellIssue {
  readonly rowKey: RowKey;
  readonly column: string;
  readonly reason: IssueReason;
}

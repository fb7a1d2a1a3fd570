import type { CellCounts } from '../model/cells/cell-counts.ts';
import type { IssueReason } from '../model/cells/cell-issue.ts';
import type { RecordedIssue } from '../model/migrations/migration-record.ts';

/** A pass that a run wants to begin. */
export interface PassStart {
  readonly targetId: number;
  readonly layoutVersion: string;
  /** The number of the last pass that the run knows of; undefined where no other run can have begun one. */
  readonly after: number | undefined;
}

/** A walk over a target that is under way, and the layout under which its keys are given out. */
export interface Pass {
  /** From 1. */
  readonly number: number;
  readonly layoutVersion: string;
}

/** `left behind`: a run that is gone, or has ended, had claimed chunks; `others at work`: a living one has some. */
export type PassFinish = 'finished' | 'left behind' | 'others at work';

/** Issues of one target that were looked at again, outside any pass. */
export interface SettledIssues extends Claimant {
  /** `null`: the cell is no issue any more. */
  readonly issues: readonly (Pick<RecordedIssue, 'rowKey' | 'column'> & {
    readonly reason: IssueReason | null;
  })[];
  readonly counts: CellCounts;
}

/** Which run claims a chunk of which target. */
export interface Claimant {
  readonly targetId: number;
  readonly workerId: number;
}

import type { CellCounts } from '../cells/cell-counts.ts';
import type { CellIssue } from '../cells/cell-issue.ts';
import type { KeyRange } from '../cells/row-batch.ts';

/** A chunk of a target that this run, and nobody else, may complete. */
export interface ClaimedChunk {
  readonly id: number;
  readonly targetId: number;
  readonly range: KeyRange;
  /** Grows with every change of owner; a run that was taken over holds an old one and cannot commit. */
  readonly claimToken: number;
}

/** What a chunk's transaction writes into the ledger together with its rows. */
export interface CompletedChunk {
  readonly chunk: ClaimedChunk;
  readonly rows: number;
  readonly counts: CellCounts;
  readonly issues: readonly CellIssue[];
}

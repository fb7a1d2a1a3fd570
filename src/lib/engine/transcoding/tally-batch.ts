import { noCells, type CellCounts } from '../../model/cells/cell-counts.ts';
import type { CellIssue, IssueReason } from '../../model/cells/cell-issue.ts';
import type { ReplacementOutcome } from '../../model/cells/row-batch.ts';
import type { CellOutcome } from './cell-outcome.ts';
import type { TranscodedBatch } from './transcoded-batch.ts';

/** The outcome for the cells of a batch. */
export interface BatchTally {
  readonly counts: CellCounts;
  readonly issues: readonly CellIssue[];
}

/** A batch after its replacements were tried. */
export interface TriedBatch {
  readonly columns: readonly string[];
  readonly transcoded: TranscodedBatch;
  readonly outcome: ReplacementOutcome;
  /** Rows that others changed: `skipped` when they are tried again, `deferred` when a later sweep takes them. */
  readonly changedRows: 'skipped' | 'deferred';
}

/** Which counter and which issue, if any, a cell goes to. */
interface Verdict {
  readonly counter: keyof CellCounts;
  readonly reason?: IssueReason;
}

const verdicts: Readonly<Record<CellOutcome, Verdict>> = {
  rewritten: { counter: 'rewritten' },
  already: { counter: 'already' },
  null: { counter: 'null' },
  empty: { counter: 'empty' },
  left: { counter: 'left' },
  rejected: { counter: 'quarantined', reason: 'rejected' },
  displaced: { counter: 'quarantined', reason: 'displaced' },
  malformed: { counter: 'quarantined', reason: 'malformed' },
  refused: { counter: 'quarantined', reason: 'refused' },
};

/** Counts each cell once. A row that is gone counts nowhere; the database's word decides what was rewritten. */
export function tallyBatch(tried: TriedBatch): BatchTally {
  const { transcoded, outcome } = tried;
  const { keys } = transcoded.replacements.batch;
  const counts: Record<keyof CellCounts, number> = { ...noCells };
  const issues: CellIssue[] = [];
  const refused = new Set(outcome.refused);
  const changed = new Set(outcome.changed);
  const vanished = new Set(
    tried.changedRows === 'skipped' ? [...outcome.vanished, ...changed] : outcome.vanished,
  );

  function verdictOn(cell: CellOutcome, row: number): Verdict {
    if (cell !== 'rewritten') return verdicts[cell];
    if (refused.has(row)) return { counter: 'quarantined', reason: 'refused' };
    return changed.has(row) ? { counter: 'deferred' } : verdicts.rewritten;
  }

  transcoded.outcomes.forEach((cells, column) => {
    cells.forEach((cell, row) => {
      if (vanished.has(row)) return;
      const { counter, reason } = verdictOn(cell, row);
      counts[counter] += 1;
      const rowKey = keys[row];
      if (reason === undefined || rowKey === undefined) return;
      issues.push({ rowKey, column: tried.columns[column] ?? '', reason });
    });
  });
  return { counts, issues };
}

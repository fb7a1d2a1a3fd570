import type { RowBatch } from '../../model/cells/row-batch.ts';
import type { ColumnValue } from '../../model/cells/stored-value.ts';
import { batchLayout, placeOf } from '../../model/plans/batch-layout.ts';
import type { PlannedColumn } from '../../model/plans/plan.ts';
import type { CellOutcome } from './cell-outcome.ts';
import type { TranscodedBatch } from './transcoded-batch.ts';
import type { Transcoder } from './transcoder.ts';

/**
 * Empties the columns whose values stand in another one by now. A value that was written since the last sweep stays until
 * the next one has taken it over; one that has no counterpart stays, and is listed: it would be lost.
 */
export function createEmptyingTranscoder(columns: readonly PlannedColumn[]): Transcoder {
  const layout = batchLayout(columns);
  const transcodeAtOnce = (batch: RowBatch): TranscodedBatch => {
    const outcomes = columns.map(({ into }, index) => {
      const column = (kind: 'planned' | 'destination' | 'side'): readonly ColumnValue[] =>
        batch.columns[placeOf(layout, kind, index)] ?? [];
      const [sources, destinations, sides] = [column('planned'), column('destination'), column('side')];
      return sources.map((source, row): CellOutcome => {
        if (into === undefined) return 'already';
        const [hasCounterpart, side] = [(destinations[row] ?? null) !== null, sides[row] ?? null];
        if (source === null) return hasCounterpart ? 'already' : 'null';
        if (side === 'plaintext') return 'left';
        return hasCounterpart || side === 'cells' ? 'rewritten' : 'rejected';
      });
    });
    return {
      replacements: {
        batch,
        columns: outcomes.map((column) =>
          column.map((outcome) => (outcome === 'rewritten' ? null : undefined)),
        ),
        compared: layout.map((_, index) => index),
      },
      outcomes,
      nested: 0,
    };
  };
  return {
    lookahead: 1,
    transcodeAtOnce,
    transcode: (batch) => Promise.resolve().then(() => transcodeAtOnce(batch)),
  };
}

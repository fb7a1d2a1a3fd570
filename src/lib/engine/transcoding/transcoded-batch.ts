import type { CellReplacements } from '../../model/cells/row-batch.ts';
import type { CellOutcome } from './cell-outcome.ts';

/** New cells for a batch, and what was found: `outcomes[c][i]` tells about column `c` of row `i`. */
export interface TranscodedBatch {
  readonly replacements: CellReplacements;
  readonly outcomes: readonly (readonly CellOutcome[])[];
  /** Cells whose plaintext is itself a cell: they were encrypted twice. */
  readonly nested: number;
  /** Gives the memory of its cells back, and that of the batch it was made of: nothing may look at either afterwards. */
  readonly release?: () => void;
}

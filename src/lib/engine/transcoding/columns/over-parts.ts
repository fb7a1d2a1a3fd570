import { keysOfValues, type CanonicalKeys } from '../../../model/cells/cell-places.ts';
import { isCompound, separateValues, type ColumnValue } from '../../../model/cells/stored-value.ts';
import type { CellOutcome } from '../cell-outcome.ts';
import type { ColumnTranscoder, TranscodedColumn } from '../column-transcoder.ts';
import { combineFresh, regroup } from './column-parts.ts';

/** What tells most about a value whose parts differ: first what is still to be done, then what is amiss. */
const mostTelling: readonly CellOutcome[] = [
  'rewritten',
  'refused',
  'rejected',
  'displaced',
  'malformed',
  'already',
  'left',
  'empty',
  'null',
];

/** Lets what works on single values work on compound ones too. A value counts once, as what its parts tell most of. */
export function overParts(
  transcode: ColumnTranscoder,
): (cells: readonly ColumnValue[], canonicalKeys: CanonicalKeys | undefined) => TranscodedColumn {
  return (cells, canonicalKeys) => {
    const done = transcode({
      values: separateValues(cells),
      canonicalKeys: keysOfValues(cells, canonicalKeys),
    });
    if (!cells.some(isCompound)) return done;
    return {
      replacements: combineFresh(cells, done.replacements),
      outcomes: regroup(cells, done.outcomes).map(summarise),
      nested: done.nested,
    };
  };
}

function summarise(outcomes: readonly CellOutcome[]): CellOutcome {
  return mostTelling.find((outcome) => outcomes.includes(outcome)) ?? 'empty';
}

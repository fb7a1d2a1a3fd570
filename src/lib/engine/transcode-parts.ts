import { isCompound, separateValues, type ColumnValue, type StoredValue } from '../model/stored-value.ts';
import { combineFresh, regroup } from './column-parts.ts';
import type { CellOutcome, TranscodedColumn } from './transcoder.ts';

/** What tells most about a value whose parts differ: first what is still to be done, then what is amiss. */
const mostTelling: readonly CellOutcome[] = [
  'rewritten',
  'rejected',
  'malformed',
  'already',
  'left',
  'empty',
  'null',
];

/** Lets what works on single values work on compound ones too. A value counts once, as what its parts tell most of. */
export function overParts(
  transcode: (cells: readonly StoredValue[]) => TranscodedColumn<StoredValue>,
): (cells: readonly ColumnValue[]) => TranscodedColumn {
  return (cells) => {
    const done = transcode(separateValues(cells));
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

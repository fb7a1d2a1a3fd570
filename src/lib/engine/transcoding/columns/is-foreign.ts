import type { OpenOutcome } from '../../../formats/cell-format.ts';

/** Tells whether something is a cell, but none that opens where it stands. */
export function isForeign(outcome: OpenOutcome | undefined): outcome is 'rejected' | 'displaced' {
  return outcome === 'rejected' || outcome === 'displaced';
}

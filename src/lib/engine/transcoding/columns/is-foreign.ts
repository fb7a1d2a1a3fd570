import type { OpenOutcome } from '../../../formats/cell-format.ts';

/** Tells whether something is a cell, but not one that opens in its place. */
export function isForeign(outcome: OpenOutcome | undefined): outcome is 'rejected' | 'displaced' {
  return outcome === 'rejected' || outcome === 'displaced';
}

import type { CellOutcome } from '../../engine/transcoding/cell-outcome.ts';

/** Every outcome, by its code: a thousand words take longer to travel between threads than a thousand bytes. */
const outcomesByCode: readonly CellOutcome[] = [
  'rewritten',
  'already',
  'null',
  'empty',
  'rejected',
  'displaced',
  'malformed',
  'refused',
  'left',
];

const codes = new Map(outcomesByCode.map((outcome, code) => [outcome, code]));

/** Outcomes as they travel between threads. */
export function encodeOutcomes(outcomes: readonly CellOutcome[]): Uint8Array {
  return Uint8Array.from(outcomes, (outcome) => codes.get(outcome) ?? codes.size);
}

/** The inverse of `encodeOutcomes`. */
export function decodeOutcomes(encoded: Uint8Array): readonly CellOutcome[] {
  return Array.from(encoded, (code) => {
    const outcome = outcomesByCode[code];
    if (outcome === undefined) throw new Error(`there is no outcome ${String(code)}`);
    return outcome;
  });
}

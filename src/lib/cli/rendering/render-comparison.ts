import { printable } from '../../reporters/printable.ts';
import type { KeyCompareResult } from '../results/key-results.ts';
import { alignedFields } from './aligned-fields.ts';
import { nextSteps } from './next-steps.ts';
import type { Painter } from './painter.ts';

/** Whether two keys are the same, and which key each place holds. */
export function renderComparison({ outcome, keys, next }: KeyCompareResult, painter: Painter): string {
  const fields = alignedFields([
    ['keys', painter.heading(outcome)],
    ...keys.map(({ id, reference }) => [id, printable(reference)] as const),
  ]);
  return [...fields, ...nextSteps(next)].join('\n');
}

import { countedText } from '../../model/texts/counted-text.ts';
import { printable } from '../../reporters/printable.ts';
import type { InitResult } from '../results/init-result.ts';
import { nextSteps } from './next-steps.ts';
import type { Painter } from './painter.ts';

/** Which file was written, and what it does not know yet. */
export function renderInit({ path, columns, exposed, next }: InitResult, painter: Painter): string {
  const count = Object.values(columns).flat().length;
  const found = countedText(count, 'encrypted column was found', 'encrypted columns were found');
  return [
    `${painter.good('Wrote')} "${printable(path)}": ${found}${plaintextText(exposed.length)}.`,
    ...nextSteps(next),
  ].join('\n');
}

function plaintextText(columns: number): string {
  if (columns === 0) return '';
  return `, and ${countedText(columns, 'column')} to be encrypted`;
}

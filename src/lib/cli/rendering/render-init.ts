import { countText } from '../../model/count-text.ts';
import { printable } from '../../reporters/printable.ts';
import type { InitResult } from '../results/init-result.ts';
import { nextSteps } from './next-steps.ts';
import type { Painter } from './painter.ts';

/** Which file was written, and what it does not know yet. */
export function renderInit({ path, columns, exposed, next }: InitResult, painter: Painter): string {
  const count = Object.values(columns).flat().length;
  const found =
    count === 1 ? '1 encrypted column was found' : `${countText(count)} encrypted columns were found`;
  return [
    `${painter.good('Wrote')} "${printable(path)}": ${found}${plaintextText(exposed.length)}.`,
    ...nextSteps(next),
  ].join('\n');
}

function plaintextText(columns: number): string {
  if (columns === 0) return '';
  return `, and ${countText(columns)} ${columns === 1 ? 'column' : 'columns'} to be encrypted`;
}

import { countText } from '../../model/texts/count-text.ts';
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
    `${painter.good('Wrote')} "${printable(path)}": ${found}${plaintextText(exposed)}.`,
    ...nextSteps(next),
  ].join('\n');
}

function plaintextText(exposed: InitResult['exposed']): string {
  if (exposed.length === 0) return '';
  const never = exposed.filter(({ encryption }) => encryption === 'none').length;
  const but = never === 0 ? '' : `, ${countText(never)} of which cannot be, as the tables are`;
  return `, and ${countedText(exposed.length, 'column')} to be encrypted${but}`;
}

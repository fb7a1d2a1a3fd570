import { printable } from '../../reporters/printable.ts';
import type { TuneResult } from '../results/tune-result.ts';
import { limitsText } from './limits-text.ts';
import type { Painter } from './painter.ts';
import { composeText } from './sections.ts';

/** The limits as they are now, and who follows them. */
export function renderTuning({ migration, limits, heldBy, next }: TuneResult, painter: Painter): string {
  const follower = heldBy === null ? 'its next run' : printable(heldBy);
  const headline = `Migration ${migration}: ${limitsText(limits) ?? 'no limits'}; ${follower} follows.`;
  return composeText([[painter.good(headline)]], next);
}

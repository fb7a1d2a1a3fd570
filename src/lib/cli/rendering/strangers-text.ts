import { countedText } from '../../model/texts/counted-text.ts';

/** Below this, a search finds a stranger in none of a million searches. */
const negligible = 1e-6;

/** How many other rows a search finds by chance: these are told apart once they are opened. */
export function strangersText(expected: number): string {
  if (expected < negligible) return 'no other row by chance';
  if (expected < 1)
    return `one other row by chance in ${countedText(Math.round(1 / expected), 'search', 'searches')}`;
  return `about ${countedText(Math.round(expected), 'other row')} by chance`;
}

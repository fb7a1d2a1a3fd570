import { countText } from '../../model/count-text.ts';

/** Below this, a search finds a stranger in none of a million searches. */
const negligible = 1e-6;

/** How many other rows a search finds by chance: these are told apart once they are opened. */
export function strangersText(expected: number): string {
  if (expected < negligible) return 'no other row by chance';
  if (expected < 1) return `one other row by chance in ${countText(Math.round(1 / expected))} searches`;
  return `about ${countText(Math.round(expected))} other rows by chance`;
}

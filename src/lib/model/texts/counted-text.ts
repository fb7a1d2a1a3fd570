import { countText } from './count-text.ts';

/** A number with its noun: `1 cell`, `1,234 cells`; `many` where an `s` at the end does not do. */
export function countedText(count: number, one: string, many = `${one}s`): string {
  return `${countText(count)} ${count === 1 ? one : many}`;
}

/** Made-up values, the same in every run. */
export interface Dice {
  /** A whole number, both ends included. */
  between(low: number, high: number): number;
  pick<Item>(items: readonly [Item, ...Item[]]): Item;
  /** True in this many of a hundred cases. */
  chance(percent: number): boolean;
  /** Capital letters. */
  letters(count: number): string;
}

/** Dice by a linear congruential generator (Numerical Recipes): good enough for samples, never for keys. */
export function createDice(seed: number): Dice {
  let state = seed;
  function between(low: number, high: number): number {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return low + Math.floor((state / 2 ** 32) * (high - low + 1));
  }
  return {
    between,
    pick: (items) => items[between(0, items.length - 1)] ?? items[0],
    chance: (percent) => between(1, 100) <= percent,
    letters: (count) => Array.from({ length: count }, () => String.fromCharCode(between(65, 90))).join(''),
  };
}

/** The name with the fewest letters to change, add or leave out; undefined where there is none at all. */
export function nearestName(wanted: string, names: readonly string[]): string | undefined {
  const distances = names.map((name) => ({ name, distance: editDistance(wanted, name) }));
  return distances.sort((one, other) => one.distance - other.distance)[0]?.name;
}

/** Levenshtein distance without regard to case, row by row. */
function editDistance(one: string, other: string): number {
  const letters = other.toLowerCase().split('');
  let row = [0, ...letters.map((_, index) => index + 1)];
  for (const letter of one.toLowerCase().split('')) {
    const next = [(row[0] ?? 0) + 1];
    letters.forEach((otherLetter, index) => {
      const replaced = (row[index] ?? 0) + (letter === otherLetter ? 0 : 1);
      next.push(Math.min(replaced, (row[index + 1] ?? 0) + 1, (next[index] ?? 0) + 1));
    });
    row = next;
  }
  return row.at(-1) ?? 0;
}

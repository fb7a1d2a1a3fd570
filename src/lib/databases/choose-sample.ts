/** Rows from one part of a table: for each where it is, and its size in bytes. */
export type SampleStrip<Place> = readonly (readonly [place: Place, bytes: number])[];

/**
 * Chooses rows of a sample whose sizes together stay within a limit, but at least one. Each strip may use up what it and
 * those before it have a right to, so that large rows too come from the whole table.
 */
export function chooseSample<Place>(
  strips: readonly SampleStrip<Place>[],
  maximumBytes: number,
): readonly Place[] {
  const chosen = new Set<Place>();
  let bytes = 0;
  strips.forEach((strip, index) => {
    const allowed = (maximumBytes * (index + 1)) / strips.length;
    for (const [place, size] of strip) {
      if (chosen.has(place)) continue;
      if (chosen.size > 0 && bytes + size > allowed) break;
      chosen.add(place);
      bytes += size;
    }
  });
  return [...chosen];
}

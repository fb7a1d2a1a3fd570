/** A string of JSON text, and the colon behind it where it is the name of a field. */
const strings = /"(?:[^"\\]|\\.)*"(?<colon>\s*:)?/gu;

/**
 * Tells whether an object in a JSON text names a field twice. Parsers keep the last one, and whoever reads the text may have
 * seen the first. `value` is what the text was parsed to.
 */
export function hasRepeatedFields(text: string, value: unknown): boolean {
  let written = 0;
  for (const { groups } of text.matchAll(strings)) if (groups?.['colon'] !== undefined) written += 1;
  return written > countFields(value);
}

function countFields(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const parts = Object.values(value);
  const own = Array.isArray(value) ? 0 : parts.length;
  return parts.reduce<number>((sum, part) => sum + countFields(part), own);
}

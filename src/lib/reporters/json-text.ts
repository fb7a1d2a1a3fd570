const unprintable = /[\u007f-\u009f\p{Cf}\u2028\u2029]/gu;

/** JSON that shows bigints as numbers in a string, and in which nothing can move a terminal's cursor. */
export function jsonText(value: unknown, indentation?: number): string {
  const text = JSON.stringify(
    value,
    (_, part: unknown) => (typeof part === 'bigint' ? String(part) : part),
    indentation,
  );
  return text.replaceAll(unprintable, escapeUnits);
}

function escapeUnits(character: string): string {
  const units = character.split('');
  return units.map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');
}

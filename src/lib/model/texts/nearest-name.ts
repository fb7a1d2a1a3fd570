import { distance } from 'fastest-levenshtein';

/** The name most like a mistyped one, whatever its case; undefined where none is near. */
export function nearestName(typed: string, names: readonly string[]): string | undefined {
  const wanted = typed.toLowerCase();
  const near = names
    .map((name) => ({ name, edits: distance(wanted, name.toLowerCase()) }))
    .filter(({ name, edits }) => edits <= Math.max(2, Math.floor(name.length / 3)))
    .sort((one, other) => one.edits - other.edits);
  return near[0]?.name ?? names.find((name) => wanted.length >= 3 && name.toLowerCase().startsWith(wanted));
}

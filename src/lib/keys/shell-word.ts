/** Quotes a path so that a hint can be pasted into a POSIX shell. */
export function shellWord(path: string): string {
  return /^[\w./@%+,-]+$/.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`;
}

/** Quotes a name for SQL; any name is possible, also one with quotes in it. */
export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

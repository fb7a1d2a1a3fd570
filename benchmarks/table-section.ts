/** A heading with a table, in Markdown; the first column has no name where its title is empty. */
export function tableSection(
  heading: string,
  titles: readonly string[],
  rows: readonly (readonly string[])[],
): readonly string[] {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [`## ${heading}`, '', line(titles), `|${'---|'.repeat(titles.length)}`, ...rows.map(line), ''];
}

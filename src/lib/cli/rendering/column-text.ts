import { printable } from '../../reporters/printable.ts';

/** `table.column`, as `--column` and `--exclude` take it: a part with a dot, a quote or white space in double quotes. */
export function columnText({ table, column }: { readonly table: string; readonly column: string }): string {
  return printable(`${partText(table)}.${partText(column)}`);
}

function partText(name: string): string {
  return /^[^\s.,"']+$/u.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}

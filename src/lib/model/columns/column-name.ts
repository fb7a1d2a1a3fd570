/** A table, or one column of it. */
export interface ColumnName {
  readonly table: string;
  readonly column?: string;
}

/**
 * Writes `table` or `table.column` as filters take it: a part with dots, quotes or white space stands in double
 * quotes, quotes in it doubled, as in SQL.
 */
export function renderColumnName({ table, column }: ColumnName): string {
  return column === undefined ? renderPart(table) : `${renderPart(table)}.${renderPart(column)}`;
}

function renderPart(name: string): string {
  return /^[^\s.,"']+$/u.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}

/** A part of a name, in double quotes or without. */
const part = '(?:"(?:[^"]|"")*"|[^."]+)';

/**
 * A name with any number of parts, as in SQL, with quotes only around those parts that need them: `"shop"."users"."e.mail"` is
 * `shop.users."e.mail"`. Undefined where the text is none.
 */
export function spellInSql(text: string): string | undefined {
  if (!new RegExp(`^${part}(?:\\.${part})*$`, 'u').test(text)) return undefined;
  const parts = text.match(new RegExp(part, 'gu')) ?? [];
  return parts.map((one) => renderPart(readPart(one))).join('.');
}

/** Reads `table`, `table.column`, either part in double quotes; undefined where the text is neither. */
export function parseColumnName(text: string): ColumnName | undefined {
  const parts = new RegExp(`^(?<table>${part})(?:\\.(?<column>${part}))?$`, 'u').exec(text)?.groups;
  const table = parts?.['table'];
  const column = parts?.['column'];
  if (table === undefined) return undefined;
  return column === undefined
    ? { table: readPart(table) }
    : { table: readPart(table), column: readPart(column) };
}

function readPart(part: string): string {
  return part.startsWith('"') ? part.slice(1, -1).replaceAll('""', '"') : part;
}

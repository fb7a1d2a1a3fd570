import {
  parseColumnName,
  renderColumnName,
  spellInSql,
  type ColumnName,
} from '../../model/columns/column-name.ts';
import { KeyturnError } from '../../model/keyturn-error.ts';
import { nearestName } from '../../model/texts/nearest-name.ts';

/**
 * Which tables and columns the operator asks for. Every name is `table` or `table.column`, either part in double
 * quotes where it holds a dot or a quote; a name also counts as it stands, or as SQL writes it with its schema, where only
 * one table or column reads so. Case counts only where two names differ in nothing else.
 */
export interface ColumnFilter {
  /** All encrypted columns of these tables. */
  readonly tables: readonly string[];
  /** These columns, whatever they hold. With `tables`: both. With neither: the whole database. */
  readonly columns: readonly string[];
  /** Tables and columns to leave out; wins over the other two. */
  readonly exclude: readonly string[];
}

/** What the filter says about a column. */
export type ColumnChoice = 'named' | 'selected' | 'excluded' | 'not selected';

/** Answers for each column what the filter says about it. */
export type ColumnSelection = (table: string, column: string) => ColumnChoice;

/** A table that names are looked for in. */
interface NamedTable {
  readonly table: string;
  readonly columns: readonly { readonly name: string }[];
}

/** Understands a filter; a name that does not exist is an error that names the nearest one (exit 2). */
export function selectColumns(filter: ColumnFilter, tables: readonly NamedTable[]): ColumnSelection {
  const tableNames = tables.map(({ table }) => ({ table }));
  const columnNames = tables.flatMap(({ table, columns }) =>
    columns.map((column) => ({ table, column: column.name })),
  );
  const find = (texts: readonly string[], among: readonly ColumnName[]): ReadonlySet<string> =>
    new Set(texts.map((text) => renderColumnName(findName(text, among))));
  const wantedTables = find(filter.tables, tableNames);
  const wantedColumns = find(filter.columns, columnNames);
  const excluded = find(filter.exclude, [...tableNames, ...columnNames]);
  const everything = filter.tables.length + filter.columns.length === 0;
  return (table, column) => {
    const tableName = renderColumnName({ table });
    const columnName = renderColumnName({ table, column });
    if (excluded.has(tableName) || excluded.has(columnName)) return 'excluded';
    if (wantedColumns.has(columnName)) return 'named';
    return everything || wantedTables.has(tableName) ? 'selected' : 'not selected';
  };
}

function findName(text: string, among: readonly ColumnName[]): ColumnName {
  const parsed = parseColumnName(text);
  const said = {
    plain: text,
    quoted: parsed && render(parsed),
    inSql: spellInSql(text)?.replace(usualSchema, ''),
  };
  const reads = (name: ColumnName, so: (spelling: string) => string): boolean =>
    so(plainly(name)) === so(said.plain) ||
    (said.quoted !== undefined && so(render(name)) === so(said.quoted)) ||
    (said.inSql !== undefined && so(inSql(name)) === so(said.inSql));
  const candidates = among.filter((name) => reads(name, fold));
  const exact = candidates.filter((name) => reads(name, (spelling) => spelling));
  const [found, ...others] = exact.length > 0 ? exact : candidates;
  if (found === undefined) throw unknownName(text, among);
  if (others.length > 0) throw ambiguousName(text, [found, ...others]);
  return found;
}

const render = renderColumnName;

function plainly({ table, column }: ColumnName): string {
  return column === undefined ? table : `${table}.${column}`;
}

/** The schema that names of tables leave out. */
const usualSchema = /^public\.(?=.)/u;

/** With its schema, where the name of the table has one. */
function inSql({ table, column }: ColumnName): string {
  const inner = spellInSql(table) ?? render({ table });
  return column === undefined ? inner : `${inner}.${render({ table: column })}`;
}

/** Databases that ignore the case of names do so for ASCII letters alone. */
function fold(text: string): string {
  return text.replace(/[A-Z]/gu, (letter) => letter.toLowerCase());
}

function unknownName(text: string, among: readonly ColumnName[]): KeyturnError {
  const nearest = nearestName(text, among.map(render));
  const what = among.every(({ column }) => column === undefined)
    ? 'table'
    : among.every(({ column }) => column !== undefined)
      ? 'column'
      : 'table or column';
  return new KeyturnError({
    code: 'KT_UNKNOWN_COLUMN',
    reason: 'usage',
    message: `there is no ${what} "${text}"${nearest === undefined ? '' : `; the nearest name is ${nearest}`}`,
    hints: ['write a column as table.column, and a name with a dot or a quote as \'"my.table"."my column"\''],
  });
}

function ambiguousName(text: string, names: readonly ColumnName[]): KeyturnError {
  return new KeyturnError({
    code: 'KT_AMBIGUOUS_COLUMN',
    reason: 'usage',
    message: `"${text}" can be ${names.map(render).join(' or ')}`,
    hints: names.map((name) => `write '${render(name)}'`),
  });
}

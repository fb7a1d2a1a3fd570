import type { ColumnDescription } from '../../table-description.ts';

/**
 * How cells stand in a column: a `text` or a `bytea` is one; `json` and `list` (an array of texts) hold several, each in
 * a place of its own; in a `document` (any other type that holds texts) they can be found and not rewritten; `other`
 * holds none. `value`: any of these, opened for what it holds;
 * `expression`: no column of the table itself.
 */
export type CellContent = 'text' | 'bytea' | 'json' | 'list' | 'document' | 'other' | 'value' | 'expression';

/** What the catalogue says of a column's type, below all domains. */
export interface ColumnType {
  readonly category: string;
  readonly baseType: string;
  /** The category of an array's elements. */
  readonly elementCategory: string | null;
  /** Whether a value, or an array's element, has no fixed size. */
  readonly isVariable: boolean;
}

/** Categories of types that may hold text: strings, composite and user-defined types, ranges. See pg_type.typcategory. */
const hidingCategories = 'SCUR';

/** How cells stand in columns of a type. */
export function contentOf({ category, baseType, elementCategory, isVariable }: ColumnType): CellContent {
  // A `name` cuts off silently what is longer than 63 bytes.
  if (!isVariable || baseType === 'name') return 'other';
  if (category === 'S') return 'text';
  if (baseType === 'bytea') return 'bytea';
  if (baseType === 'json' || baseType === 'jsonb') return 'json';
  if (elementCategory === 'S') return 'list';
  return hidingCategories.includes(elementCategory ?? category) ? 'document' : 'other';
}

/** The same as planning knows it. */
export const held: Readonly<Record<CellContent, ColumnDescription['holds']>> = {
  text: 'cells',
  bytea: 'cells',
  list: 'lists of cells',
  json: 'documents',
  document: 'documents',
  other: 'other values',
  value: 'other values',
  expression: 'other values',
};

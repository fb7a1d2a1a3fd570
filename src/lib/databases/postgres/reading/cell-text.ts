import type { ColumnValue } from '../../../model/cells/stored-value.ts';
import { quoteIdentifier } from '../../quote-identifier.ts';
import { readCompound } from '../compound/part-syntax.ts';
import { syntaxOf } from '../compound/syntax-of.ts';
import type { ColumnShape } from '../schema/table-shape.ts';

/**
 * Selects a column so that the text which arrives is its value and nothing else: `char(n)` comes without its padding, and
 * `bpchar`, which has none, with all its blanks, which a cast would take away.
 */
export function selectedCell({
  name,
  content,
  castType,
  maximumCharacters,
  expression = 'NULL',
}: ColumnShape): string {
  const column = `target.${quoteIdentifier(name)}`;
  if (content === 'text' && castType === 'bpchar' && maximumCharacters === null) return column;
  switch (content) {
    case 'text':
    case 'value':
    case 'json':
    case 'list':
    case 'document':
      return `${column}::text`;
    case 'bytea':
      return column;
    case 'expression':
      return expression;
    case 'other':
      return `CASE WHEN ${column} IS NULL THEN NULL ELSE '' END`;
  }
}

/** What arrived as the stored value; a column that can hold no cell tells only whether it is NULL. */
export function readCell({ content }: ColumnShape, text: string | null): ColumnValue {
  if (text === null) return null;
  switch (content) {
    case 'text':
    case 'value':
    case 'expression':
      return text;
    case 'bytea':
      return Buffer.from(text.slice(2), 'hex');
    case 'other':
      return 0;
    case 'json':
    case 'list':
    case 'document': {
      const syntax = syntaxOf(content);
      return syntax ? readCompound(syntax, text) : text;
    }
  }
}

/** An expression for the size of a cell, without reading what is stored out of line where the type allows that. */
export function cellBytes({ name, content }: ColumnShape): string {
  const column = `target.${quoteIdentifier(name)}`;
  if (content === 'other' || content === 'expression') return '0';
  if (content === 'value') return `coalesce(pg_column_size(${column}), 0)`;
  return `coalesce(octet_length(${syntaxOf(content) ? `${column}::text` : column}), 0)`;
}

/** The same for some cells of a row together. */
export function rowBytes(columns: readonly ColumnShape[]): string {
  return ['0', ...columns.map(cellBytes)].join(' + ');
}

/**
 * A condition on the first character or byte of a cell, which a condition on its length has to precede. Of a value that
 * holds several, nothing is known.
 */
export function firstCodeAmong({ name, content }: ColumnShape, codes: readonly number[]): string {
  if (syntaxOf(content)) return 'true';
  const start = `substr(target.${quoteIdentifier(name)}, 1, 1)`;
  return `${content === 'bytea' ? `get_byte(${start}, 0)` : `ascii(${start}::text)`} IN (${codes.join(', ')})`;
}

import type { StoredValue } from '../../model/stored-value.ts';
import { quoteIdentifier } from '../quote-identifier.ts';
import type { ColumnShape } from './schema.ts';

/** Selects a column so that the text which arrives is its value and nothing else; `char(n)` comes without its padding. */
export function selectedCell({ name, content }: ColumnShape): string {
  const column = `target.${quoteIdentifier(name)}`;
  switch (content) {
    case 'text':
    case 'value':
      return `${column}::text`;
    case 'bytea':
      return column;
    case 'other':
      return `CASE WHEN ${column} IS NULL THEN NULL ELSE '' END`;
  }
}

/** What arrived as the stored value; a column that can hold no cell tells only whether it is NULL. */
export function readCell({ content }: ColumnShape, text: string | null): StoredValue {
  if (text === null) return null;
  switch (content) {
    case 'text':
    case 'value':
      return text;
    case 'bytea':
      return Buffer.from(text.slice(2), 'hex');
    case 'other':
      return 0;
  }
}

/** An expression for the size of a cell, without reading what is stored out of line. */
export function cellBytes({ name, content }: ColumnShape): string {
  if (content === 'other') return '0';
  const column = `target.${quoteIdentifier(name)}`;
  return content === 'value'
    ? `coalesce(pg_column_size(${column}), 0)`
    : `coalesce(octet_length(${column}), 0)`;
}

/** The same for some cells of a row together. */
export function rowBytes(columns: readonly ColumnShape[]): string {
  return ['0', ...columns.map(cellBytes)].join(' + ');
}

/** An expression for the code of a cell's first character or byte; a condition on its length has to come first. */
export function firstCode({ name, content }: ColumnShape): string {
  const start = `substr(target.${quoteIdentifier(name)}, 1, 1)`;
  return content === 'bytea' ? `get_byte(${start}, 0)` : `ascii(${start}::text)`;
}

import type { GuardedShape } from '../../../model/schema/guard.ts';
import { quoteIdentifier } from '../../quote-identifier.ts';
import type { ColumnShape } from '../schema/table-shape.ts';

/** A text as an SQL literal. */
export function quoteLiteral(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** Whether what was written to a column is neither NULL nor empty, and looks like none of the cells. */
export function unfitCondition({ name, content }: ColumnShape, shapes: readonly GuardedShape[]): string {
  const column = `NEW.${quoteIdentifier(name)}`;
  switch (content) {
    case 'bytea':
      return `NOT coalesce(length(${column}) = 0 OR ${anyOf(shapes, (shape) => bytesLike(column, shape))}, true)`;
    case 'list':
      return `EXISTS (SELECT FROM unnest(${column}::text[]) AS element(value) WHERE ${unfitText('element.value', shapes)})`;
    case 'text':
    case 'json':
    case 'document':
    case 'other':
    case 'value':
    case 'expression':
      return unfitText(`${column}::text`, shapes);
  }
}

function unfitText(value: string, shapes: readonly GuardedShape[]): string {
  return `NOT coalesce(${value} = '' OR ${anyOf(shapes, (shape) => textLike(`(${value} COLLATE "C")`, shape))}, true)`;
}

function anyOf(shapes: readonly GuardedShape[], like: (shape: GuardedShape) => string): string {
  return shapes.map((shape) => `(${like(shape)})`).join(' OR ');
}

function textLike(value: string, { minimumLength, prefix, characters }: GuardedShape): string {
  const consists = characters === null ? [] : [`${value} !~ ${quoteLiteral(`[^${characters}]`)}`];
  return [
    `length(${value}) >= ${String(minimumLength)}`,
    `starts_with(${value}, ${quoteLiteral(prefix)})`,
    ...consists,
  ].join(' AND ');
}

function bytesLike(value: string, { minimumLength, prefix }: GuardedShape): string {
  const bytes = Buffer.from(prefix).toString('hex');
  const begins = `substring(${value}, 1, ${String(prefix.length)}) = '\\x${bytes}'::bytea`;
  return `length(${value}) >= ${String(minimumLength)} AND ${begins}`;
}

import type { GuardedShape } from '../../../model/schema/guard.ts';
import { quoteLiteral } from '../../quote-literal.ts';
import type { CellContent } from '../schema/cell-content.ts';

/** What a guard looks at: a value as an expression of SQL, of the type that goes with what its column holds. */
export interface GuardedValue {
  readonly expression: string;
  readonly content: CellContent;
}

/** The type in which a guard looks at a value. */
export function guardedType(content: CellContent): 'text' | 'text[]' | 'bytea' {
  if (content === 'bytea') return 'bytea';
  return content === 'list' ? 'text[]' : 'text';
}

/** Whether a value is neither NULL nor empty, and looks like none of the cells. */
export function unfitCondition(
  { expression: value, content }: GuardedValue,
  shapes: readonly GuardedShape[],
): string {
  switch (content) {
    case 'bytea':
      return `NOT coalesce(length(${value}) = 0 OR ${anyOf(shapes, (shape) => bytesLike(value, shape))}, true)`;
    case 'list':
      return `EXISTS (SELECT FROM unnest(${value}) AS element(value) WHERE ${unfitText('element.value', shapes)})`;
    case 'text':
    case 'json':
    case 'document':
    case 'other':
    case 'value':
    case 'expression':
      return unfitText(value, shapes);
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

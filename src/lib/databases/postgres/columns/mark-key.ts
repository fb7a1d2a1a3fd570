import { quoteIdentifier } from '../../quote-identifier.ts';
import { integerTypes } from '../reading/addressing.ts';
import type { TableShape } from '../schema/table-shape.ts';

/** How a row is named in marks: as its address is rendered. `row` is what stands before the dot: `target`, `NEW` or `OLD`. */
export function markKeyOf({ key }: TableShape, row: string): string {
  const column = (name: string): string => `${row}.${quoteIdentifier(name)}::text`;
  const [first] = key;
  if (first === undefined) throw new Error('the rows of a table without a key cannot be marked');
  if (key.length === 1 && integerTypes.has(first.castType)) return column(first.name);
  return `json_build_array(${key.map(({ name }) => column(name)).join(', ')})::text`;
}

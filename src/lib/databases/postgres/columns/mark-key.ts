import { quoteIdentifier } from '../../quote-identifier.ts';
import { integerTypes } from '../reading/addressing.ts';
import type { TableShape } from '../schema/table-shape.ts';

/** How a row is named in marks: as its address is rendered. `row` is what stands before the dot, e.g. `target`. */
export function markKeyOf({ key }: Pick<TableShape, 'key'>, row: string): string {
  return renderKey(
    key,
    key.map(({ name }) => `${row}.${quoteIdentifier(name)}::text`),
  );
}

/** The same of the texts of its columns. */
export function renderKey(key: TableShape['key'], texts: readonly string[]): string {
  const [first] = key;
  if (first === undefined) throw new Error('the rows of a table without a key cannot be marked');
  if (key.length === 1 && integerTypes.has(first.castType)) return texts.join();
  return `json_build_array(${texts.join(', ')})::text`;
}

import { quoteIdentifier } from '../../quote-identifier.ts';
import { renderedPart } from '../reading/addressing.ts';
import { tableName, type TableShape } from '../schema/schema.ts';

/**
 * How a row is named for as long as it exists, whatever VACUUM does: by its primary key. `row` is what stands before
 * the dot: the table, `new` or `old`. `null` where a table has no primary key.
 */
export function markKeyOf(shape: TableShape, row: string): string | null {
  const column = (name: string): string => `${row}.${quoteIdentifier(name)}`;
  if (shape.rowidIsDeclared && shape.rowidName !== null) return `CAST(${column(shape.rowidName)} AS TEXT)`;
  const names = keyColumnsOf(shape);
  return names.length === 0 ? null : names.map((name) => renderedPart(column(name))).join(` || ',' || `);
}

/** The columns of the primary key, in its order. */
export function keyColumnsOf({ columns }: TableShape): readonly string[] {
  return columns
    .filter(({ pk }) => pk > 0)
    .sort((one, other) => one.pk - other.pk)
    .map(({ name }) => name);
}

/** Names under which an update can change the key: those of its columns, and of the rowid, where that is the key. */
export function namesOfKey(shape: TableShape): readonly string[] {
  return shape.rowidIsDeclared ? [...keyColumnsOf(shape), ...rowidNames] : keyColumnsOf(shape);
}

/** What SQLite calls the rowid, unless a column has the name; in the list of a trigger another name does no harm. */
const rowidNames = ['rowid', '_rowid_', 'oid'];

/** Selects the side of a pair that others have written last in a row of the table; NULL: neither. */
export function selectedSide(shape: TableShape, pairId: number): string {
  return `(SELECT side FROM main.keyturn_mark WHERE pair_id = ${pairId} AND row_key = ${rowKey(shape)})`;
}

/** Forgets the mark of the row that a condition on the table names. */
export function forgetMark(shape: TableShape, pairId: number, condition: string): string {
  return `DELETE FROM main.keyturn_mark WHERE pair_id = ${pairId}
    AND row_key = (SELECT ${rowKey(shape)} FROM ${tableName(shape)} WHERE ${condition})`;
}

function rowKey(shape: TableShape): string {
  const key = markKeyOf(shape, quoteIdentifier(shape.table));
  if (key === null) throw new Error(`the rows of table "${shape.table}" cannot be marked`);
  return key;
}

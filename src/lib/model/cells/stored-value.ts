/**
 * A cell's value exactly as the database holds it; the JavaScript type is its storage class:
 * `string` text, `Uint8Array` blob, `bigint` integer, `number` real, `null` NULL.
 */
export type StoredValue = string | Uint8Array | bigint | number | null;

/**
 * A value that holds several: an array, or a document. Each part is a cell of its own, and all of them are written
 * together. `source` is the whole value as its database wrote it, which nobody but the database's adapter looks into.
 */
export interface CompoundValue {
  readonly source: string;
  readonly parts: readonly StoredValue[];
}

/** What a column holds in one row. */
export type ColumnValue = StoredValue | CompoundValue;

/** Tells whether a value holds several. */
export function isCompound(value: ColumnValue | undefined): value is CompoundValue {
  return typeof value === 'object' && value !== null && 'parts' in value;
}

/** The values of a column one by one: those of compound values in their place. */
export function separateValues(values: readonly ColumnValue[]): readonly StoredValue[] {
  return values.some(isCompound)
    ? values.flatMap((value) => (isCompound(value) ? value.parts : [value]))
    : (values as readonly StoredValue[]);
}

/** The storage classes in which an encrypted cell can stand. */
export type CellClass = 'text' | 'blob';

/** A stored value that may be an encrypted cell: not NULL, not empty, not a number. */
export type CellValue = string | Uint8Array;

/** Tells whether a stored value may be an encrypted cell at all. */
export function isCellValue(value: StoredValue): value is CellValue {
  return (typeof value === 'string' || value instanceof Uint8Array) && value.length > 0;
}

/** The storage class of a cell value. */
export function cellClassOf(value: CellValue): CellClass {
  return typeof value === 'string' ? 'text' : 'blob';
}

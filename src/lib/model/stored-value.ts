/**
 * A cell's value exactly as the database holds it; the JavaScript type is its storage class:
 * `string` text, `Uint8Array` blob, `bigint` integer, `number` real, `null` NULL.
 */
export type StoredValue = string | Uint8Array | bigint | number | null;

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

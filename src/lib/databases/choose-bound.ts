import type { RowKey } from '../model/cells/row-batch.ts';

/** The last of the given rows, each a key and a size in bytes, that fits; the first row always does. */
export function chooseBound(
  rows: Iterable<readonly [key: RowKey, bytes: number]>,
  maximumBytes: number,
): RowKey | null {
  let bytes = 0;
  let bound: RowKey | null = null;
  for (const [key, size] of rows) {
    bytes += size;
    if (bound !== null && bytes > maximumBytes) break;
    bound = key;
  }
  return bound;
}

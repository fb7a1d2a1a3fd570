import type { PackedCells } from '../../../model/cells/packed-cells.ts';
import type { RowKey } from '../../../model/cells/row-batch.ts';
import { messageHeaderBytes } from '../connection/binary-rows.ts';
import type { ColumnShape } from '../schema/table-shape.ts';
import type { RowAddressing } from './addressing.ts';

/** Rows of a key, a version and cells, which stay where they came. */
export interface PackedRows {
  readonly keys: readonly RowKey[];
  readonly versions: readonly number[];
  readonly columns: readonly PackedCells[];
}

/** What is read of a table. */
export interface ReadColumns {
  readonly columns: readonly ColumnShape[];
  readonly addressing: RowAddressing;
}

/** Before each value stands its length, NULL as -1; before the first one how many there are. */
const lengthBytes = 4;
const countBytes = 2;

/** Where one value of a row lies; its end is where the next one's length stands. */
function valueAt(bytes: DataView, at: number): { readonly start: number; readonly length: number } {
  return { start: at + lengthBytes, length: bytes.getInt32(at) };
}

/** Finds keys, versions and cells in rows in binary form: see `keepBinaryRows`. */
export function readPackedRows(messages: Buffer, { columns, addressing }: ReadColumns): PackedRows {
  const bytes = new DataView(messages.buffer, messages.byteOffset, messages.byteLength);
  const keys: RowKey[] = [];
  const versions: number[] = [];
  const places = columns.map((): { readonly starts: number[]; readonly lengths: number[] } => ({
    starts: [],
    lengths: [],
  }));
  let at = 0;
  while (at < messages.length) {
    at += messageHeaderBytes + countBytes;
    const key = valueAt(bytes, at);
    at = key.start + key.length;
    keys.push(addressing.readBinary(bytes, key.start, at));
    const version = valueAt(bytes, at);
    versions.push(bytes.getUint32(version.start));
    at = version.start + version.length;
    for (const { starts, lengths } of places) {
      const cell = valueAt(bytes, at);
      starts.push(cell.start);
      lengths.push(cell.length);
      at = cell.start + Math.max(cell.length, 0);
    }
  }
  return {
    keys,
    versions,
    columns: places.map(({ starts, lengths }, index) => ({
      cellClass: columns[index]?.content === 'bytea' ? 'blob' : 'text',
      bytes: messages,
      starts: Uint32Array.from(starts),
      lengths: Int32Array.from(lengths),
    })),
  };
}

import { allocateCells, freeBytes, noCell, type SpacedCells } from '../../../model/cells/packed-cells.ts';

/*
 * PostgreSQL's binary form of a one-dimensional array: dimensions, whether there are NULLs, the element type, then
 * length and lower bound, then each element behind its length (-1 for NULL). See array_send in the server's arrayfuncs.c.
 */
const headerBytes = 20;

/** Object ids of element types, fixed in every server (pg_type.dat). */
const elementTypes = { bytea: 17, int8: 20, text: 25, xid: 28 } as const;

/** Transaction ids: unsigned, 32 bits. */
export function encodeXidArray(ids: readonly number[]): Buffer {
  const array = allocate('xid', ids.length, ids.length * 8);
  ids.forEach((id, index) => {
    const at = headerBytes + index * 8;
    array.writeInt32BE(4, at);
    array.writeUInt32BE(id, at + 4);
  });
  return array;
}

/** Integers of 64 bits, which every smaller integer column compares with. */
export function encodeInt8Array(numbers: readonly bigint[]): Buffer {
  const array = allocate('int8', numbers.length, numbers.length * 12);
  // A Buffer's own method for such numbers takes several times as long.
  const view = new DataView(array.buffer, array.byteOffset, array.byteLength);
  numbers.forEach((number, index) => {
    const at = headerBytes + index * 12;
    view.setInt32(at, 8);
    view.setBigInt64(at + 4, number);
  });
  return array;
}

/** Texts, `undefined` as NULL. */
export function encodeTextArray(texts: readonly (string | undefined)[]): Buffer {
  const lengths = texts.map((text) => (text === undefined ? -1 : Buffer.byteLength(text)));
  return encode('text', lengths, (array, index, at) => {
    const text = texts[index] ?? '';
    // Most cells are ASCII, which is written several times faster as Latin-1.
    array.write(text, at, text.length === lengths[index] ? 'latin1' : 'utf8');
  });
}

/** Byte strings, `undefined` as NULL. */
export function encodeByteaArray(values: readonly (Uint8Array | undefined)[]): Buffer {
  const lengths = values.map((value) => value?.length ?? -1);
  return encode('bytea', lengths, (array, index, at) => {
    array.set(values[index] ?? [], at);
  });
}

/**
 * Packed cells of some rows, in their order. Those of all rows lie as the server takes them already, but for what is
 * written into the room before them: nothing is copied.
 */
export function encodePackedArray(
  type: 'text' | 'bytea',
  packed: SpacedCells,
  rows: readonly number[],
): Buffer {
  const cells = rows.length === packed.lengths.length ? packed : pickCells(packed, rows);
  const { lengths, starts } = cells;
  const array = Buffer.from(cells.bytes.buffer, cells.bytes.byteOffset, cells.bytes.byteLength);
  writeHeader(array, type, lengths.length);
  array.writeInt32BE(lengths.includes(noCell) ? 1 : 0, 4);
  lengths.forEach((length, index) => {
    array.writeInt32BE(length, (starts[index] ?? 0) - freeBytes.each);
  });
  return array;
}

function pickCells(packed: SpacedCells, rows: readonly number[]): SpacedCells {
  const picked = allocateCells(
    packed.cellClass,
    Int32Array.from(rows, (row) => packed.lengths[row] ?? noCell),
  );
  rows.forEach((row, index) => {
    const start = packed.starts[row] ?? 0;
    const end = start + Math.max(packed.lengths[row] ?? 0, 0);
    picked.bytes.set(packed.bytes.subarray(start, end), picked.starts[index]);
  });
  return picked;
}

function encode(
  type: keyof typeof elementTypes,
  lengths: readonly number[],
  write: (array: Buffer, index: number, at: number) => void,
): Buffer {
  const content = lengths.reduce((sum, length) => sum + 4 + Math.max(length, 0), 0);
  const array = allocate(type, lengths.length, content);
  array.writeInt32BE(lengths.includes(-1) ? 1 : 0, 4);
  let at = headerBytes;
  lengths.forEach((length, index) => {
    at = array.writeInt32BE(length, at);
    if (length < 0) return;
    write(array, index, at);
    at += length;
  });
  return array;
}

function allocate(type: keyof typeof elementTypes, count: number, contentBytes: number): Buffer {
  const array = Buffer.allocUnsafe(headerBytes + contentBytes);
  writeHeader(array, type, count);
  return array;
}

/** Writes what stands before the elements, as it is where none of them is NULL. */
function writeHeader(array: Buffer, type: keyof typeof elementTypes, count: number): void {
  array.writeInt32BE(1, 0);
  array.writeInt32BE(0, 4);
  array.writeInt32BE(elementTypes[type], 8);
  array.writeInt32BE(count, 12);
  array.writeInt32BE(1, 16);
}

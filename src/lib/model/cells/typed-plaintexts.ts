import { allocateTextMemory } from '../bytes/text-memory.ts';
import type { PlainBatch } from './plain-batch.ts';
import { plainTypeOf, plainTypeOfCode, typeCodes, type PlainType } from './plain-type.ts';
import type { StoredValue } from './stored-value.ts';

/** Lays values out as the plaintexts of a batch, each with the code of its type. */
export function encodePlaintexts(values: readonly Exclude<StoredValue, null>[]): PlainBatch & {
  readonly types: Uint8Array;
} {
  const parts = values.map((value) => (typeof value === 'string' ? value : encodePlaintext(value)));
  const lengths = parts.map((part) => (typeof part === 'string' ? Buffer.byteLength(part) : part.length));
  const bytes = allocateTextMemory(lengths.reduce((sum, length) => sum + length, 0));
  const starts = new Uint32Array(values.length);
  const ends = new Uint32Array(values.length);
  let at = 0;
  parts.forEach((part, index) => {
    const length = lengths[index] ?? 0;
    starts[index] = at;
    // Most texts are ASCII, which is written faster as Latin-1.
    if (typeof part !== 'string') bytes.set(part, at);
    else if (part.length === length) bytes.latin1Write(part, at, length);
    else bytes.write(part, at, 'utf8');
    at += length;
    ends[index] = at;
  });
  return {
    bytes,
    starts,
    ends,
    timestamps: new BigUint64Array(values.length),
    types: Uint8Array.from(values, (value) => typeCodes[plainTypeOf(value)]),
  };
}

/**
 * The value that a plaintext stands for. A code that says nothing gives way to `otherwise`. Undefined where the bytes
 * are no such value: then they cannot go back into a column without being changed.
 */
export function decodePlaintext(
  bytes: Uint8Array,
  code: number,
  otherwise: PlainType,
): Exclude<StoredValue, null> | undefined {
  const type = plainTypeOfCode(code) ?? otherwise;
  const value = valueOf(Buffer.from(bytes), type);
  return value !== undefined && encodePlaintext(value).equals(bytes) ? value : undefined;
}

const realBytes = 8;

/** The plaintext of one value, without its type. */
export function encodePlaintext(value: Exclude<StoredValue, null>): Buffer {
  if (typeof value === 'string') return Buffer.from(value, 'utf8');
  if (typeof value === 'bigint') return Buffer.from(value.toString(), 'latin1');
  if (typeof value === 'object') return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  const bytes = Buffer.alloc(realBytes);
  bytes.writeDoubleBE(value);
  return bytes;
}

function valueOf(bytes: Buffer, type: PlainType): Exclude<StoredValue, null> | undefined {
  switch (type) {
    case 'text':
      return bytes.toString('utf8');
    case 'blob':
      return bytes;
    case 'integer':
      return /^-?\d{1,19}$/u.test(bytes.toString('latin1')) ? BigInt(bytes.toString('latin1')) : undefined;
    case 'real':
      return bytes.length === realBytes ? bytes.readDoubleBE() : undefined;
  }
}

import { freeMemory } from '../../model/bytes/free-memory.ts';
import type { CanonicalKeys } from '../../model/cells/cell-places.ts';
import type { PackedCells } from '../../model/cells/packed-cells.ts';

/** Cells on their way between two threads: packed ones change hands, single ones are copied. */
export type CellsInTransit<Packed, Columns> =
  | { readonly kind: 'packed'; readonly columns: readonly Packed[] }
  | { readonly kind: 'single'; readonly columns: Columns };

/** The memory of packed cells and where they lie in it, each once: what a message takes along instead of copying it. */
export function memoryOf(cells: readonly PackedCells[]): readonly ArrayBuffer[] {
  const views = cells.flatMap(({ bytes, starts, lengths }) => [bytes, starts, lengths]);
  return [...new Set(views.map(({ buffer }) => buffer as ArrayBuffer))];
}

/** What names the rows of a batch, end to end: an object of its own for each costs more to copy than all that is done with it. */
export type KeysInTransit = PackedKeys | 'none';

interface PackedKeys {
  readonly bytes: Uint8Array;
  readonly ends: Uint32Array;
}

/** Packs what names rows. */
export function packKeys(keys: CanonicalKeys): KeysInTransit {
  if (keys === 'none') return keys;
  const ends = new Uint32Array(keys.length);
  let end = 0;
  keys.forEach((key, row) => {
    end += key.length;
    ends[row] = end;
  });
  const bytes = Buffer.allocUnsafeSlow(end);
  keys.forEach((key, row) => {
    bytes.set(key, (ends[row] ?? 0) - key.length);
  });
  return { bytes, ends };
}

/** The memory of packed keys, which changes hands like that of cells. */
export function memoryOfKeys(keys: KeysInTransit | undefined): readonly ArrayBuffer[] {
  return typeof keys === 'object' ? [keys.bytes, keys.ends].map(({ buffer }) => buffer as ArrayBuffer) : [];
}

/** Frees their memory: they must not be used again. */
export function freeKeys(keys: KeysInTransit | undefined): void {
  if (typeof keys === 'object') for (const view of [keys.bytes, keys.ends]) freeMemory(view);
}

/** The inverse of `packKeys`; nothing is copied. */
export function unpackKeys(keys: KeysInTransit): CanonicalKeys {
  if (keys === 'none') return keys;
  const { bytes, ends } = keys;
  return Array.from(ends, (end, row) => bytes.subarray(row === 0 ? 0 : ends[row - 1], end));
}

import { freeMemory } from '../bytes/free-memory.ts';

/**
 * The plaintexts of a batch of cells, laid end to end in one buffer, because an object per value costs
 * several times what the cryptography does. Plaintext `i` is `bytes[starts[i]]` up to, not including,
 * `bytes[ends[i]]`.
 */
export interface PlainBatch {
  readonly bytes: Uint8Array;
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
  /** When each cell was first sealed, in whole seconds since 1970; 0 where its format does not say. */
  readonly timestamps: BigUint64Array;
  /**
   * The code of each plaintext's type (see `typeCodes`), 0 where it is not known. Absent where the format that the batch
   * was opened with says nothing of types. A format that keeps types takes text for what it is not told.
   */
  readonly types?: Uint8Array;
}

/** Frees its memory: it must not be used again. */
export function freeBatch(batch: PlainBatch): void {
  freeMemory(batch.bytes);
  freePlaces(batch);
}

/** Gives back what says where its plaintexts lie; they lie in the memory of somebody else. */
export function freePlaces({ starts, ends, timestamps, types }: PlainBatch): void {
  for (const view of [starts, ends, timestamps, types]) if (view) freeMemory(view);
}

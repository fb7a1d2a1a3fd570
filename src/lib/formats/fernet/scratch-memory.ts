import { allocateTextMemory, type TextMemory } from '../../model/bytes/text-memory.ts';

/** More than this is given back after the batch: 1,000 cells of 4 KiB fit. */
const keptBytes = 1 << 22;

/** Memory for the inside of one batch, never for its result. */
export interface ScratchMemory {
  /** Bytes of any content; overwrites what the last call gave. */
  take(bytes: number): TextMemory;
}

/**
 * Memory that is kept from batch to batch: new memory for each costs 2 to 5 percent of the time, in page faults
 * and garbage collection.
 */
export function createScratchMemory(): ScratchMemory {
  let kept = allocateTextMemory(0);
  return {
    take(bytes) {
      if (bytes > keptBytes) return allocateTextMemory(bytes);
      if (bytes > kept.length) kept = allocateTextMemory(Math.min(2 * bytes, keptBytes));
      return kept.subarray(0, bytes);
    },
  };
}

import { allocateTextMemory, type TextMemory } from '../../model/bytes/text-memory.ts';

/** Length of an authentication tag, in bytes; a shorter one is never accepted. */
export const tagBytes = 16;

/** Where the parts of a sealed value stand in it; nothing else of it is looked at by a cipher. */
export interface ValueLayout {
  readonly nonceAt: number;
  readonly nonceBytes: number;
  readonly textAt: number;
  readonly textBytes: number;
  readonly tagAt: number;
}

/** The parts of one sealed value. */
export interface ValueParts {
  readonly whole: TextMemory;
  readonly nonce: TextMemory;
  /** Ciphertext, or plaintext that is about to be sealed. */
  readonly text: TextMemory;
  readonly tag: TextMemory;
}

/**
 * The place where one value at a time is sealed or opened. All begin at the same place, so that the views of their parts depend on
 * their length alone and are made once: Node takes parts of memory as views, and a view costs more than copying 100 bytes.
 */
export interface ValueFrame {
  /** `framedBytes` long. */
  readonly memory: TextMemory;
  /** The parts of a value of so many bytes at the beginning of the memory; they change with the next value. */
  parts(bytes: number): ValueParts;
  /** The parts of a value that lies elsewhere. */
  partsOf(whole: TextMemory): ValueParts;
}

/** A longer value has no place in a frame. */
export const framedBytes = 1 << 14;
/** Views of values up to this length are kept. */
const keptBytes = 1 << 11;

/** A frame for values of one layout. */
export function createValueFrame(layOut: (bytes: number) => ValueLayout): ValueFrame {
  const memory = allocateTextMemory(framedBytes);
  const kept = new Map<number, ValueParts>();
  const partsOf = (whole: TextMemory): ValueParts => {
    const { nonceAt, nonceBytes, textAt, textBytes, tagAt } = layOut(whole.length);
    return {
      whole,
      nonce: whole.subarray(nonceAt, nonceAt + nonceBytes),
      text: whole.subarray(textAt, textAt + textBytes),
      tag: whole.subarray(tagAt, tagAt + tagBytes),
    };
  };
  return {
    memory,
    partsOf,
    parts(bytes) {
      const known = kept.get(bytes);
      if (known) return known;
      const parts = partsOf(memory.subarray(0, bytes));
      if (bytes <= keptBytes) kept.set(bytes, parts);
      return parts;
    },
  };
}

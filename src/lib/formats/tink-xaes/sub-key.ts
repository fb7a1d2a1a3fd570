import { freeMemory } from '../../model/bytes/free-memory.ts';
import { asTextMemory } from '../../model/bytes/text-memory.ts';
import { deriveSubKeys, type BoundKey, type Salts } from './bound-key.ts';

/** Length of a sub-key in bytes: an AES-256 key. */
const subKeyBytes = 32;

/**
 * The sub-key of one value as characters, which Node takes for 0.2 microseconds: a key object costs 1.2 more, with what becomes of it
 * in the end, and given as bytes 10. It cannot be wiped, and opens one value, which lies beside it.
 */
export function subKeyAt(subKeys: Buffer, index: number): string {
  return asTextMemory(subKeys).latin1Slice(index * subKeyBytes, (index + 1) * subKeyBytes);
}

/** Lends the sub-keys of a batch; whatever happens meanwhile, they are wiped, and their memory is given back. */
export function useSubKeys(key: BoundKey, salts: Salts, work: (subKeys: Buffer) => void): void {
  const subKeys = deriveSubKeys(key, salts);
  try {
    work(subKeys);
  } finally {
    subKeys.fill(0);
    freeMemory(subKeys);
  }
}

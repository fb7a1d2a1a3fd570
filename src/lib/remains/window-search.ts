import type { FingerprintKeys } from '../keys/fingerprint-keys.ts';
import { confirm, type Fingerprint } from './fingerprints.ts';
import { createRollingHash } from './rolling-hash.ts';

/** Finds the windows of a sample in whatever bytes it is given. */
export interface WindowSearch {
  readonly windowBytes: number;
  /** Every window of the sample in these bytes, in their order. */
  search(bytes: Uint8Array): readonly FoundWindow[];
}

/** A window that was found. */
export interface FoundWindow {
  /** Its number in the sample. */
  readonly fingerprint: number;
  /** Where it begins. */
  readonly offset: number;
}

/** Bits of a hash that choose a bit of the filter: 128 KiB, which stays in the cache of a core. */
const filterBits = 20;

/**
 * A filter of one bit for 2,000 fingerprints lets 1 in 500 positions through, the table of whole hashes hardly any but
 * the right ones, and the HMAC decides.
 */
export function createWindowSearch(
  keys: FingerprintKeys,
  fingerprints: readonly Fingerprint[],
  windowBytes: number,
): WindowSearch {
  const hash = createRollingHash(windowBytes, keys.rollingBase);
  const filter = new Uint32Array(2 ** (filterBits - 5));
  const known = new Map<number, number[]>();
  fingerprints.forEach(({ rollingHash }, index) => {
    const place = rollingHash >>> (32 - filterBits);
    filter[place >>> 5] = (filter[place >>> 5] ?? 0) | (1 << (place & 31));
    known.set(rollingHash, [...(known.get(rollingHash) ?? []), index]);
  });
  const confirmed = (window: Uint8Array, rollingHash: number): readonly number[] => {
    const confirmation = confirm(keys, window);
    const candidates = known.get(rollingHash) ?? [];
    return candidates.filter((index) => fingerprints[index]?.confirmation === confirmation);
  };
  return {
    windowBytes,
    search(bytes) {
      const found: FoundWindow[] = [];
      const last = bytes.length - windowBytes;
      if (last < 0) return found;
      let rolling = hash.at(bytes, 0);
      for (let offset = 0; ; offset += 1) {
        const place = rolling >>> (32 - filterBits);
        if ((((filter[place >>> 5] ?? 0) >>> (place & 31)) & 1) === 1 && known.has(rolling)) {
          const window = bytes.subarray(offset, offset + windowBytes);
          for (const fingerprint of confirmed(window, rolling)) found.push({ fingerprint, offset });
        }
        if (offset >= last) return found;
        rolling = hash.next(rolling, bytes[offset + windowBytes] ?? 0, bytes[offset] ?? 0);
      }
    },
  };
}

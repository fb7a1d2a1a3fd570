import { formatNamed } from '../../formats/format-named.ts';
import { parseKeyReference } from '../../keys/key-reference.ts';
import { refuseSharedDescriptor } from '../../keys/load-key-pair.ts';
import { loadKey, type LoadedKey } from '../../keys/load-key.ts';
import type { FormatName } from '../../model/columns/column-state.ts';

/** Where two keys are, and what they are for. */
export interface ComparisonRequest {
  readonly first: string;
  readonly second: string;
  readonly format: FormatName;
}

/** Two keys, side by side. */
export interface KeyComparison {
  readonly outcome: 'same' | 'different';
  readonly keys: readonly [LoadedKey, LoadedKey];
}

/** Reads two keys and tells, in constant time, whether they are the same key, however each is written. */
export async function compareKeys({ first, second, format }: ComparisonRequest): Promise<KeyComparison> {
  const references = [parseKeyReference(first, 'key'), parseKeyReference(second, 'key')] as const;
  refuseSharedDescriptor(...references);
  const load = (reference: (typeof references)[number]): Promise<LoadedKey> =>
    loadKey({ reference, format: formatNamed(format), role: 'key' });
  const keys = [await load(references[0]), await load(references[1])] as const;
  return { outcome: keys[0].key.equals(keys[1].key) ? 'same' : 'different', keys };
}

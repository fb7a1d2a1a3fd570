import { formatNamed } from '../formats/format-named.ts';
import { parseKeyReference } from '../keys/key-reference.ts';
import type { KeyDurability } from '../keys/key-source.ts';
import { loadKey } from '../keys/load-key.ts';
import type { FormatName, KeyId } from '../model/column-state.ts';

/** What can be said of a key without showing it. */
export interface KeyInspection {
  readonly id: KeyId;
  readonly checkValue: string;
  /** Safe to print, even where the key itself was typed. */
  readonly reference: string;
  readonly durability: KeyDurability;
  readonly warnings: readonly string[];
}

/** Reads a key and tells what it is; material that is no key of the format is diagnosed (exit 12). */
export async function inspectKey(reference: string, format: FormatName): Promise<KeyInspection> {
  const loaded = await loadKey({
    reference: parseKeyReference(reference, 'key'),
    format: formatNamed(format),
    role: 'key',
  });
  return {
    id: loaded.key.id,
    checkValue: loaded.key.checkValue,
    reference: loaded.reference.display,
    durability: loaded.durability,
    warnings: loaded.warnings,
  };
}

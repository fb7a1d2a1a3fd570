import { formatNamed } from '../../formats/format-named.ts';
import { parseKeyReference } from '../../keys/key-reference.ts';
import type { KeyDurability } from '../../keys/key-source.ts';
import { loadKey } from '../../keys/load-key.ts';
import type { FormatName, KeyId } from '../../model/columns/column-state.ts';

/** What can be said of a key without showing it. */
export interface KeyInspection {
  readonly id: KeyId;
  readonly checkValue: string;
  /** Safe to print, even where the key itself was typed. */
  readonly reference: string;
  /** The key it is derived from, and how; `null` where the reference leads to the key itself. */
  readonly derived: { readonly from: KeyId; readonly steps: readonly string[] } | null;
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
  const { derivedFrom } = loaded;
  const steps = loaded.reference.derivation.map(({ text }) => text);
  return {
    id: loaded.key.id,
    checkValue: loaded.key.checkValue,
    reference: loaded.reference.display,
    derived: derivedFrom === null ? null : { from: derivedFrom, steps },
    durability: loaded.durability,
    warnings: loaded.warnings,
  };
}

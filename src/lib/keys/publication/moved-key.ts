import { KeyturnError } from '../../model/keyturn-error.ts';
import { fieldNameOf } from '../key-field.ts';
import { parseKeyReference } from '../key-reference.ts';
import type { KeyRole } from '../key-role.ts';
import { loadKey } from '../load-key.ts';
import type { KeyFormat } from '../material/key-format.ts';

/** A key that was recorded, and where it was then. */
export interface RecordedKey {
  readonly reference: string;
  readonly checkValue: string;
  readonly role: KeyRole;
  readonly format: KeyFormat;
}

/**
 * Where a recorded key is now: `--update-config` moves keys between a field and the ones beside it that end in `_next`
 * and `_previous`. The recorded reference where the key is in none of them.
 */
export async function whereIsNow({ reference, checkValue, role, format }: RecordedKey): Promise<string> {
  for (const candidate of [reference, ...fieldsBeside(reference)]) {
    try {
      const { key } = await loadKey({ reference: parseKeyReference(candidate, role), role, format });
      if (key.checkValue === checkValue) return candidate;
    } catch (error) {
      if (!(error instanceof KeyturnError)) throw error;
    }
  }
  return reference;
}

/** The fields beside the one a reference names; none where it names no field. */
export function fieldsBeside(reference: string): readonly string[] {
  const parts = /^(?<place>file:[^#]+#(?:.*[./])?)(?<name>[^./?]+)(?<suffix>\?.*)?$/.exec(reference)?.groups;
  if (!parts) return [];
  const { place = '', name = '', suffix = '' } = parts;
  return (['previous', 'next'] as const).map((stage) => place + fieldNameOf(name, stage) + suffix);
}

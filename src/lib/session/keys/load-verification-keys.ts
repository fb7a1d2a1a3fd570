import type { CellFormat } from '../../formats/cell-format.ts';
import { parseKeyReference } from '../../keys/key-reference.ts';
import type { KeyRole } from '../../keys/key-role.ts';
import type { LoadedKeys } from '../../keys/load-key-pair.ts';
import { loadKey, type LoadedKey } from '../../keys/load-key.ts';
import { whereIsNow } from '../../keys/publication/moved-key.ts';
import { recordedReference, unnamedKey } from '../../keys/recorded-reference.ts';
import { KeyturnError } from '../../model/keyturn-error.ts';
import type { Plan } from '../../model/plans/plan.ts';
import type { KeyOverrides } from './recorded-keys.ts';

/** What cells look like under each of the keys. */
export interface VerificationFormats {
  readonly old: CellFormat;
  readonly new: CellFormat;
}

/**
 * The keys to verify with: those that are given, else those of the latest migration's plan. The old one may be gone, and there is
 * no new one after a decryption. Exit 12 where the old key that was given is the new one.
 */
export async function loadVerificationKeys(
  plan: Plan | undefined,
  formats: VerificationFormats,
  overrides: KeyOverrides,
): Promise<LoadedKeys> {
  const newKey = await loadNewKey(plan, { ...overrides, format: formats.new });
  const oldKey = await loadOldKey(plan, { ...overrides, format: formats.old });
  const isSame = newKey && oldKey?.key.equals(newKey.key) && formats.old.name === formats.new.name;
  if (isSame && overrides.oldKey !== undefined) throw sameKey(newKey);
  // What was decrypted last was under this very key, and the ledger calls it the old one.
  return { old: isSame ? null : oldKey, new: newKey };
}

/** No cell would count as under the old key, and the verdict would always be that none is left. */
function sameKey({ key: { id } }: LoadedKey): KeyturnError {
  return new KeyturnError({
    code: 'KT_KEYS_EQUAL',
    reason: 'wrongKey',
    message: `the old key that was given is the one that the cells shall open under (${id}): both are the same key`,
    hints: ['keyturn verify   # with the keys of the latest migration', 'keyturn status'],
  });
}

/** What loading one of the keys takes. */
type VerificationKeyOptions = KeyOverrides & { readonly format: CellFormat };

/** A recorded reference must still lead to the key it led to (exit 12): a key may have been replaced in its place. */
async function loadNewKey(
  plan: Plan | undefined,
  { newKey, otherwise, format }: VerificationKeyOptions,
): Promise<LoadedKey | null> {
  if (newKey === undefined && plan?.kind === 'decrypt') return null;
  const recorded = plan?.newKey;
  const reference = recorded ? recordedReference(recorded) : undefined;
  const given = newKey ?? (reference === undefined ? otherwise?.newKey : undefined);
  if (given !== undefined) return load(given, 'new', format);
  if (recorded && reference !== undefined) {
    const { checkValue } = recorded;
    const place = await whereIsNow({ reference, checkValue, role: 'new', format });
    const found = await load(place, 'new', format);
    if (found.key.checkValue === checkValue) return found;
    throw new KeyturnError({
      code: 'KT_WRONG_KEY',
      reason: 'wrongKey',
      message: `${found.reference.display} holds key ${found.key.id} now, but the cells were put under ${recorded.id}`,
      hints: ['name the key to verify with --new-key file:PATH', 'keyturn status'],
    });
  }
  if (recorded) throw unnamedKey('new', recorded);
  throw new KeyturnError({
    code: 'KT_KEY_MISSING',
    reason: 'wrongKey',
    message: 'which key the cells shall open under is not recorded in this database',
    hints: ['give it with --new-key file:PATH or --new-key env:NAME'],
  });
}

/** The old key is often gone by now, which is as it should be. */
async function loadOldKey(
  plan: Plan | undefined,
  { oldKey, otherwise, format }: VerificationKeyOptions,
): Promise<LoadedKey | null> {
  if (oldKey !== undefined) return load(oldKey, 'old', format);
  const recorded = plan?.oldKey;
  const reference = (recorded ? recordedReference(recorded) : undefined) ?? otherwise?.oldKey;
  if (reference === undefined) return null;
  const place = recorded ? await whereIsNow({ ...recorded, reference, role: 'old', format }) : reference;
  const found = await load(place, 'old', format).catch(() => null);
  const isExpected = !recorded || found?.key.checkValue === recorded.checkValue;
  return isExpected ? found : null;
}

function load(reference: string, role: KeyRole, format: CellFormat): Promise<LoadedKey> {
  return loadKey({ reference: parseKeyReference(reference, role), role, format });
}

import { formatNamed } from '../../formats/format-named.ts';
import { parseKeyReference } from '../../keys/key-reference.ts';
import { typedReference, type KeyRole } from '../../keys/key-role.ts';
import { loadKeyPair, type KeyPairRequest, type LoadedKeys } from '../../keys/load-key-pair.ts';
import { loadKey, type LoadedKey } from '../../keys/load-key.ts';
import { whereIsNow } from '../../keys/publication/moved-key.ts';
import { recordedReference, unnamedKey } from '../../keys/recorded-reference.ts';
import { KeyturnError } from '../../model/keyturn-error.ts';
import { keepsKey } from '../../model/plans/key-change.ts';
import type { Plan, PlannedKey } from '../../model/plans/plan.ts';
import { loadIndexKey, loadPlannedIndexKeys } from './load-index-keys.ts';

/** Key references that replace those of a recorded plan; required where it could not store one. */
export interface KeyOverrides {
  readonly oldKey: string | undefined;
  readonly newKey: string | undefined;
  /** Where the key of blind indexes is now. */
  readonly indexKey?: string | undefined;
  /** What the configuration names: used where neither a flag nor the plan does. */
  readonly otherwise?: Pick<KeyOverrides, 'oldKey' | 'newKey'>;
}

/** Loads the keys a recorded plan refers to. A key that is not the one the plan was made for is exit 12 at its check. */
export async function loadPlannedKeys(plan: Plan, overrides: KeyOverrides): Promise<LoadedKeys> {
  return { ...(await loadCellKeys(plan, overrides)), indexes: await loadIndexKeysOf(plan, overrides) };
}

function isGone(error: unknown): error is KeyturnError {
  return error instanceof KeyturnError && ['KT_KEY_MISSING', 'KT_KEY_UNREADABLE'].includes(error.code);
}

/** A key that is not where it was may be somewhere else: it was moved, or a backup has it. */
function saidElsewhere({ oldKey, newKey }: Plan, error: KeyturnError): KeyturnError {
  const flags = [
    ...(oldKey === null ? [] : [`--old-key file:PATH for key ${oldKey.id}`]),
    ...(newKey === null ? [] : [`--new-key file:PATH for key ${newKey.id}`]),
  ];
  const elsewhere = `if a key is kept elsewhere by now, or in a backup, run the same command again with ${flags.join(', or ')}`;
  const { code, message, hints } = error;
  return new KeyturnError({ code, reason: 'wrongKey', message, hints: [...hints, elsewhere], cause: error });
}

/** Loads the keys of the blind indexes that a recorded plan keeps; exit 12 where one is not what it was. */
export async function loadIndexKeysOf(plan: Plan, { indexKey }: KeyOverrides): Promise<readonly LoadedKey[]> {
  return loadPlannedIndexKeys(plan, indexKey === undefined ? undefined : await loadIndexKey(indexKey));
}

async function loadCellKeys(plan: Plan, overrides: KeyOverrides): Promise<LoadedKeys> {
  const old = await requestKey('old', plan, overrides);
  const fresh = await requestKey('new', plan, overrides);
  try {
    return await loadRequested(plan, old, fresh);
  } catch (error) {
    throw isGone(error) ? saidElsewhere(plan, error) : error;
  }
}

async function loadRequested(
  plan: Plan,
  old: KeyRequest | undefined,
  fresh: KeyRequest | undefined,
): Promise<LoadedKeys> {
  if (!old || !fresh) return { old: await loadOne('old', old), new: await loadOne('new', fresh) };
  const pair = { old, new: fresh, equalKeys: keepsKey(plan) ? ('allowed' as const) : ('refused' as const) };
  try {
    return await loadKeyPair(pair);
  } catch (error) {
    throw isSameKey(error) ? replacedKey(plan, pair, error) : error;
  }
}

/** Loads one key of a recorded plan, and makes sure that it is the key it was (exit 12). */
export async function loadPlannedKey(role: KeyRole, plan: Plan, overrides: KeyOverrides): Promise<LoadedKey> {
  const loaded = await loadOne(role, await requestKey(role, plan, overrides));
  const planned = role === 'old' ? plan.oldKey : plan.newKey;
  if (loaded && loaded.key.checkValue === planned?.checkValue) return loaded;
  throw new KeyturnError({
    code: 'KT_WRONG_KEY',
    reason: 'wrongKey',
    message: `${loaded?.reference.display ?? 'the reference'} holds key ${loaded?.key.id ?? 'unknown'}, but the migration worked with key ${planned?.id ?? 'none'}`,
    hints: [`say where key ${planned?.id ?? ''} is: ${typedReference(role, 'file:PATH')}`],
  });
}

/** The plan with the key references that flags name in place of the recorded ones, where those can be read again. */
export function withNamedKeys(plan: Plan, { oldKey, newKey }: KeyOverrides): Plan {
  return {
    ...plan,
    oldKey: withReference(plan.oldKey, 'old', oldKey),
    newKey: withReference(plan.newKey, 'new', newKey),
  };
}

function withReference(key: PlannedKey | null, role: KeyRole, text: string | undefined): PlannedKey | null {
  if (key === null || text === undefined) return key;
  const { stored } = parseKeyReference(text, role);
  return stored === undefined ? key : { ...key, reference: stored };
}

type KeyRequest = KeyPairRequest['old'];

/** What to load for one role; nothing where the plan's cells are plaintext on that side. */
async function requestKey(
  role: KeyRole,
  plan: Plan,
  overrides: KeyOverrides,
): Promise<KeyRequest | undefined> {
  const field = role === 'old' ? 'oldKey' : 'newKey';
  const planned = plan[field];
  const column = plan.targets[0]?.columns[0];
  const state = role === 'old' ? column?.from : column?.to;
  if (planned === null || state?.kind !== 'encrypted') return undefined;
  const { checkValue } = planned;
  const format = formatNamed(state.format);
  const recorded = recordedReference(planned);
  const place =
    recorded === undefined ? undefined : await whereIsNow({ reference: recorded, checkValue, role, format });
  const text = overrides[field] ?? place ?? overrides.otherwise?.[field];
  if (text === undefined) throw unnamedKey(role, planned);
  return { reference: parseKeyReference(text, role), format };
}

async function loadOne(role: KeyRole, request: KeyRequest | undefined): Promise<LoadedKey | null> {
  return request === undefined ? null : loadKey({ ...request, role });
}

function isSameKey(error: unknown): boolean {
  return error instanceof KeyturnError && error.code === 'KT_KEYS_EQUAL';
}

/** Typically the new key was written over the old one in the application's configuration. */
function replacedKey(plan: Plan, { old: before, new: after }: KeyPairRequest, cause: unknown): KeyturnError {
  return new KeyturnError({
    code: 'KT_WRONG_KEY',
    reason: 'wrongKey',
    message:
      `key ${plan.oldKey?.id ?? ''} was in ${before.reference.display} and key ${plan.newKey?.id ?? ''} in ` +
      `${after.reference.display}, but both places hold the same key now: one of them was replaced`,
    hints: ['say where the replaced key is kept: --old-key file:PATH or --new-key file:PATH'],
    cause,
  });
}

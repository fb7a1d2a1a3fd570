import { KeyturnError } from '../model/keyturn-error.ts';
import { refuseEqualKeys } from './compare-keys.ts';
import type { KeyReference } from './key-reference.ts';
import { loadKey, type KeyRequest, type LoadedKey } from './load-key.ts';

/** The two keys of a rotation; their formats may differ. */
export interface KeyPairRequest {
  readonly old: Omit<KeyRequest, 'role'>;
  readonly new: Omit<KeyRequest, 'role'>;
  /** Whether equal keys are allowed, because cells get another format instead; `refused` by default. */
  readonly equalKeys?: 'refused' | 'allowed';
}

/** Both keys of a rotation. */
export interface LoadedKeyPair {
  readonly old: LoadedKey;
  readonly new: LoadedKey;
  /** The new one of blind indexes, where that changes, too. */
  readonly indexes?: readonly LoadedKey[];
}

/** The keys of any migration: one of them is missing where cells go from or to plaintext. */
export interface LoadedKeys {
  readonly old: LoadedKey | null;
  readonly new: LoadedKey | null;
  /** Those of blind indexes. */
  readonly indexes?: readonly LoadedKey[];
}

/** Tells whether both keys are there, as for a rotation. */
export function isPair(keys: LoadedKeys): keys is LoadedKeyPair {
  return keys.old !== null && keys.new !== null;
}

/**
 * Loads both keys, old first. Throws where both come from one stream (exit 2), or where they are equal and nothing else is
 * to change (exit 12).
 */
export async function loadKeyPair(request: KeyPairRequest): Promise<LoadedKeyPair> {
  refuseSharedDescriptor(request.old.reference, request.new.reference);
  const oldKey = await loadOldKey(request);
  const newKey = await loadKey({ ...request.new, role: 'new' });
  if (request.equalKeys !== 'allowed') refuseEqualKeys(oldKey.key, newKey.key);
  return { old: oldKey, new: newKey };
}

/** Where it is missing, the error says so of the new key, too: whoever has to look for keys wants to look once. */
async function loadOldKey(request: KeyPairRequest): Promise<LoadedKey> {
  try {
    return await loadKey({ ...request.old, role: 'old' });
  } catch (error) {
    throw isMissing(error) ? await alsoMissing(error, request.new) : error;
  }
}

/** A key that a stream or a person would have to give is not asked for in vain. */
async function alsoMissing(error: KeyturnError, request: KeyPairRequest['new']): Promise<KeyturnError> {
  if (request.reference.stored === undefined) return error;
  try {
    await loadKey({ ...request, role: 'new' });
    return error;
  } catch (other) {
    if (!isMissing(other)) return error;
    const { code, message } = error;
    const hints = [...error.hints, ...other.hints];
    return new KeyturnError({
      code,
      reason: 'wrongKey',
      message: `${message}; ${other.message}`,
      hints,
      cause: error,
    });
  }
}

function isMissing(error: unknown): error is KeyturnError {
  return error instanceof KeyturnError && error.code === 'KT_KEY_MISSING';
}

/** Throws (exit 2) where two keys would come from one stream. */
export function refuseSharedDescriptor(first: KeyReference, second: KeyReference): void {
  const { descriptor, display } = first;
  if (descriptor === undefined || descriptor !== second.descriptor) return;
  throw new KeyturnError({
    code: 'KT_KEY_STREAM_SHARED',
    reason: 'usage',
    message: `two keys cannot both come from ${display}: it is read to its end by the first`,
    hints: ['keyturn ... fd:3 ... fd:4 3< OLD_PATH 4< NEW_PATH', 'use file:PATH for one of them'],
  });
}

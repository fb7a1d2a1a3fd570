import { KeyturnError } from '../model/keyturn-error.ts';
import { refuseEqualKeys } from './compare-keys.ts';
import type { KeyFormat } from './key-format.ts';
import type { KeyReference } from './key-reference.ts';
import { loadKey, type LoadedKey } from './load-key.ts';

/** The two keys of a rotation; their formats may differ. */
export interface KeyPairRequest {
  readonly old: { readonly reference: KeyReference; readonly format: KeyFormat };
  readonly new: { readonly reference: KeyReference; readonly format: KeyFormat };
}

/** Both keys of a rotation. */
export interface LoadedKeyPair {
  readonly old: LoadedKey;
  readonly new: LoadedKey;
}

/** Loads both keys, old first. Throws where both come from one stream (exit 2), or where they are equal (exit 12). */
export async function loadKeyPair(request: KeyPairRequest): Promise<LoadedKeyPair> {
  refuseSharedDescriptor(request);
  const oldKey = await loadKey({ ...request.old, role: 'old' });
  const newKey = await loadKey({ ...request.new, role: 'new' });
  refuseEqualKeys(oldKey.key, newKey.key);
  return { old: oldKey, new: newKey };
}

function refuseSharedDescriptor(request: KeyPairRequest): void {
  const { descriptor, display } = request.old.reference;
  if (descriptor === undefined || descriptor !== request.new.reference.descriptor) {
    return;
  }
  throw new KeyturnError({
    code: 'KT_KEY_STREAM_SHARED',
    reason: 'usage',
    message: `old key and new key cannot both come from ${display}: it is read to its end by the first`,
    hints: [
      'keyturn ... --old-key fd:3 --new-key fd:4 3< OLD_PATH 4< NEW_PATH',
      'use file:PATH for one of them',
    ],
  });
}

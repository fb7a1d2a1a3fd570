import type { KeyId } from '../columns/column-state.ts';
import type { Plan } from './plan.ts';

/** What a migration does to its keys, in words: `from key 1a2b3c4d to key 5e6f7a8b`, `from plaintext to key 5e6f7a8b`. */
export function keyChange({ oldKey, newKey }: Pick<Plan, 'oldKey' | 'newKey'>): string {
  return keyIdChange(oldKey?.id ?? null, newKey?.id ?? null);
}

/** The same from key ids; `null` is plaintext. Where the key stays: `under key 1a2b3c4d as before`. */
export function keyIdChange(oldKeyId: KeyId | null, newKeyId: KeyId | null): string {
  if (oldKeyId !== null && oldKeyId === newKeyId) return `under ${nameOf(oldKeyId)} as before`;
  return `from ${nameOf(oldKeyId)} to ${nameOf(newKeyId)}`;
}

/** Tells whether a plan gives cells another format under the key they have: its old key stays needed. */
export function keepsKey({ oldKey, newKey }: Pick<Plan, 'oldKey' | 'newKey'>): boolean {
  return oldKey !== null && oldKey.checkValue === newKey?.checkValue;
}

/** What a migration rewrites, and finds until it has succeeded. */
export function oldValuesText({ oldKey }: Pick<Plan, 'oldKey'>): string {
  return oldKey === null ? 'values in plaintext' : 'cells under the old key';
}

/** What cells are: `under key 1a2b3c4d` or `plaintext`. */
export function stateText(keyId: KeyId | null): string {
  return keyId === null ? 'plaintext' : `under key ${keyId}`;
}

function nameOf(keyId: KeyId | null): string {
  return keyId === null ? 'plaintext' : `key ${keyId}`;
}

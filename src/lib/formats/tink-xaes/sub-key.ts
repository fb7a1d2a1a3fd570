import { createSecretKey, type KeyObject } from 'node:crypto';

/** Length of a sub-key in bytes: an AES-256 key. */
export const subKeyBytes = 32;

/** The sub-key of one value; as an object, because given as bytes it costs Node 10 microseconds more a call. */
export function subKeyAt(subKeys: Buffer, index: number): KeyObject {
  return createSecretKey(subKeys.subarray(index * subKeyBytes, (index + 1) * subKeyBytes));
}

/** Length of a sub-key in bytes: an AES-256 key. */
export const SUB_KEY_BYTES = 32;

/** The sub-key of one value. */
export function subKeyAt(subKeys: Buffer, index: number): Uint8Array {
  return subKeys.subarray(index * SUB_KEY_BYTES, (index + 1) * SUB_KEY_BYTES);
}

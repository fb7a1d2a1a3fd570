import { createCipheriv, createDecipheriv, type KeyObject } from 'node:crypto';
import { tagBytes, type ValueParts } from './value-frame.ts';

/** What a value is sealed with and opened with. */
export interface ValueKey {
  readonly algorithm: 'aes-256-gcm' | 'chacha20-poly1305';
  /** A string has a byte in each character: see `subKeyAt`. */
  readonly key: KeyObject | string;
  /** What is authenticated beside it. */
  readonly additionalData?: Uint8Array | undefined;
}

/** `encoding`: how a key is written that is a string. */
const options = { authTagLength: tagBytes, encoding: 'latin1' } as const;

/** Seals the text that stands in a frame, under the nonce that stands there. */
export function sealValue(parts: ValueParts, { algorithm, key, additionalData }: ValueKey): void {
  // Node's types know one overload for each algorithm; the options are the same.
  const cipher = createCipheriv(algorithm as 'aes-256-gcm', key, parts.nonce, options);
  if (additionalData) cipher.setAAD(additionalData);
  parts.text.set(cipher.update(parts.text));
  cipher.final();
  parts.tag.set(cipher.getAuthTag());
}

/** The plaintext of the value in a frame, or undefined where its tag does not vouch for it. */
export function openValue(
  parts: ValueParts,
  { algorithm, key, additionalData }: ValueKey,
): Buffer | undefined {
  const decipher = createDecipheriv(algorithm as 'aes-256-gcm', key, parts.nonce, options);
  if (additionalData) decipher.setAAD(additionalData);
  decipher.setAuthTag(parts.tag);
  const plaintext = decipher.update(parts.text);
  try {
    decipher.final();
  } catch {
    return undefined;
  }
  return plaintext;
}

import { createSecretKey, type KeyObject } from 'node:crypto';
import { hmacSha256, type HmacSha256 } from '../../model/hmac-sha256.ts';
import { createScratchMemory, type ScratchMemory } from './scratch-memory.ts';
import { createTokenFrame, type TokenFrame } from './token-frame.ts';

/** Length of a Fernet key in bytes: 16 of signing key, then 16 of encryption key. */
export const KEY_BYTES = 32;
const SIGNING_KEY_BYTES = 16;

/** A key ready for work, with the memory its work needs. */
export interface BoundKey {
  readonly signing: HmacSha256;
  readonly encryption: KeyObject;
  readonly frame: TokenFrame;
  readonly scratch: ScratchMemory;
}

/** Prepares all that depends on the key alone; keeps no reference to `bytes`. Throws where it has another length. */
export function bindKey(bytes: Uint8Array): BoundKey {
  if (bytes.length !== KEY_BYTES) {
    throw new RangeError(`a fernet key has ${KEY_BYTES} bytes, this one has ${bytes.length}`);
  }
  const signing = hmacSha256(bytes.subarray(0, SIGNING_KEY_BYTES));
  return {
    signing,
    encryption: createSecretKey(bytes.subarray(SIGNING_KEY_BYTES)),
    frame: createTokenFrame(signing.innerPad),
    scratch: createScratchMemory(),
  };
}

import { createSecretKey, type KeyObject } from 'node:crypto';
import { hmacSha256, type HmacSha256 } from '../../model/bytes/hmac-sha256.ts';
import { createScratchMemory, type ScratchMemory } from './scratch-memory.ts';
import { createTokenFrame, type TokenFrame } from './token-frame.ts';

/** Length of a Fernet key in bytes: 16 of signing key, then 16 of encryption key. */
export const fernetKeyBytes = 32;
const signingKeyBytes = 16;

/** A key ready for work, with the memory its work needs. */
export interface BoundKey {
  readonly signing: HmacSha256;
  readonly encryption: KeyObject;
  readonly frame: TokenFrame;
  readonly scratch: ScratchMemory;
}

/** Prepares all that depends on the key alone; keeps no reference to `bytes`. Throws where it has another length. */
export function bindKey(bytes: Uint8Array): BoundKey {
  if (bytes.length !== fernetKeyBytes) {
    throw new RangeError(`a fernet key has ${fernetKeyBytes} bytes, this one has ${bytes.length}`);
  }
  const signing = hmacSha256(bytes.subarray(0, signingKeyBytes));
  return {
    signing,
    encryption: createSecretKey(bytes.subarray(signingKeyBytes)),
    frame: createTokenFrame(signing.innerPad),
    scratch: createScratchMemory(),
  };
}

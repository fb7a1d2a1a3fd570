import { hash } from 'node:crypto';
import { allocateTextMemory } from './text-memory.ts';

/** Length of a block of SHA-256, and so of HMAC's two pads, in bytes. */
export const hmacBlockBytes = 64;
const digestBytes = 32;
const innerPadByte = 0x36;
const outerPadByte = 0x5c;

/** HMAC-SHA256 under one key, for messages that lie behind the inner pad already. */
export interface HmacSha256 {
  /** The 64 bytes that must stand before every message: key XOR 0x36. As secret as the key. */
  readonly innerPad: Uint8Array;
  /** HMAC of the message in `paddedMessage` behind its first 64 bytes, as 32 Latin-1 characters. */
  digest(paddedMessage: Uint8Array): string;
}

/**
 * HMAC-SHA256 (RFC 2104) as two one-shot hashes, H(outer pad | H(inner pad | message)), for a key of at most
 * 64 bytes: 0.85 microseconds for a message of 185 bytes, where an Hmac object takes 1.8. A Latin-1 string is
 * the cheapest result Node can give: a Buffer costs 1 microsecond more.
 */
export function hmacSha256(key: Uint8Array): HmacSha256 {
  const outerMessage = allocateTextMemory(hmacBlockBytes + digestBytes);
  outerMessage.set(padded(key, outerPadByte));
  return {
    innerPad: padded(key, innerPadByte),
    digest(paddedMessage) {
      outerMessage.latin1Write(hash('sha256', paddedMessage, 'binary'), hmacBlockBytes, digestBytes);
      return hash('sha256', outerMessage, 'binary');
    },
  };
}

function padded(key: Uint8Array, padByte: number): Uint8Array {
  const block = new Uint8Array(hmacBlockBytes).fill(padByte);
  key.forEach((byte, index) => {
    block[index] = byte ^ padByte;
  });
  return block;
}

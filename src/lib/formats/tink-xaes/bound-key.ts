import { createCipheriv, createSecretKey, type KeyObject } from 'node:crypto';
import { freeMemory } from '../../model/bytes/free-memory.ts';
import type { KeyId } from '../../model/columns/column-state.ts';
import { createValueFrame, type ValueFrame } from '../aead/value-frame.ts';
import { layOut } from './cell-frame.ts';

/** Length of the key in bytes. */
export const xaesKeyBytes = 32;
/** Length of an AES block in bytes. */
const blockBytes = 16;
/** Length of the first half of the nonce, which goes into the sub-key. */
const saltBytes = 12;

/** A key ready for work. */
export interface BoundKey {
  readonly key: KeyObject;
  /** The two blocks that, with a salt at their ends, are enciphered into a sub-key. */
  readonly blocks: Buffer;
  /** What every cell begins with: 0x01 and the key id. */
  readonly prefix: Buffer;
  readonly frame: ValueFrame;
}

/** Prepares all that depends on the key alone. */
export function bindKey(bytes: Uint8Array, id: KeyId): BoundKey {
  const key = createSecretKey(bytes);
  const mask = doubled(encipherBlocks(key, Buffer.alloc(blockBytes)));
  // M1 and M2 of the specification, without the salt: 0x00, 0x01 or 0x02, "X", 0x00.
  const blocks = Buffer.concat(
    [1, 2].map((counter) => Buffer.concat([Buffer.of(0, counter, 0x58, 0), Buffer.alloc(saltBytes)])),
  );
  return {
    key,
    blocks: Buffer.from(blocks.map((byte, index) => byte ^ (mask[index % blockBytes] ?? 0))),
    prefix: Buffer.from(`01${id}`, 'hex'),
    frame: createValueFrame(layOut),
  };
}

/** Where the salts of a batch lie. */
export interface Salts {
  readonly bytes: Uint8Array;
  readonly starts: ArrayLike<number>;
}

/**
 * The sub-keys of a batch, 32 bytes for each salt, by one AES call: its object costs as much as the key schedule of ten values.
 */
export function deriveSubKeys({ key, blocks }: BoundKey, { bytes, starts }: Salts): Buffer {
  const messages = Buffer.alloc(starts.length * blocks.length, blocks);
  for (let index = 0; index < starts.length; index += 1) {
    const start = starts[index] ?? 0;
    const first = index * blocks.length + blockBytes - saltBytes;
    for (let at = 0; at < saltBytes; at += 1) {
      const byte = bytes[start + at] ?? 0;
      messages[first + at] = (messages[first + at] ?? 0) ^ byte;
      messages[first + at + blockBytes] = (messages[first + at + blockBytes] ?? 0) ^ byte;
    }
  }
  const subKeys = encipherBlocks(key, messages);
  freeMemory(messages);
  return subKeys;
}

function encipherBlocks(key: KeyObject, blocks: Uint8Array): Buffer {
  return createCipheriv('aes-256-ecb', key, null).setAutoPadding(false).update(blocks);
}

/** Doubling in GF(2^128), as CMAC derives its first mask (NIST SP 800-38B, section 6.1). */
function doubled(block: Buffer): Buffer {
  const number = BigInt(`0x${block.toString('hex')}`);
  const shifted = BigInt.asUintN(128, number << 1n) ^ (number >> 127n === 1n ? 0x87n : 0n);
  return Buffer.from(shifted.toString(16).padStart(2 * blockBytes, '0'), 'hex');
}

import { hmacBlockBytes } from '../../model/bytes/hmac-sha256.ts';
import { allocateTextMemory, type TextMemory } from '../../model/bytes/text-memory.ts';
import { ciphertextAt, ivAt, tokenMacBytes } from './token-layout.ts';

/** Where a token begins in its frame. */
export const frameTokenAt = hmacBlockBytes;

/** Most cells fit one page. */
const firstBytes = 1 << 12;
/** A frame is kept between batches up to this size; one huge value must not hold its memory for ever. */
const keptBytes = 1 << 20;
/** Views of tokens up to this much ciphertext are kept: 4,096 different lengths. */
const keptCiphertextBytes = 1 << 16;

/** The parts of the token in a frame, by the length of its ciphertext. They change with the next token. */
export interface TokenParts {
  /** HMAC's inner pad, then everything of the token that its MAC covers. */
  readonly paddedMessage: Buffer;
  /** All of it, from the version byte on. */
  readonly token: TextMemory;
  /** IV and ciphertext. */
  readonly piece: Buffer;
  readonly mac: TextMemory;
}

/**
 * The place where one token at a time is taken apart or put together, right behind the inner pad of its HMAC.
 * Because every token starts at the same place, the views of its parts depend on its length alone and are
 * made once: a new view per value costs more than copying 200 bytes.
 */
export interface TokenFrame {
  /** The inner pad, then the token. Another buffer after `reserve` and `shrink`. */
  readonly bytes: TextMemory;
  /** `bytes` for reading and writing numbers. */
  readonly numbers: DataView;
  /** Makes room for a token of so many bytes; the token in the frame may be lost. */
  reserve(tokenBytes: number): void;
  /** The parts of the token in the frame. */
  parts(ciphertextBytes: number): TokenParts;
  /** Gives back the memory of a huge token. */
  shrink(): void;
}

/** A frame with room for a token of one page. */
export function createTokenFrame(innerPad: Uint8Array): TokenFrame {
  let memory = allocate(innerPad, firstBytes);
  return {
    get bytes() {
      return memory.bytes;
    },
    get numbers() {
      return memory.numbers;
    },
    reserve(tokenBytes) {
      const needed = frameTokenAt + tokenBytes;
      if (needed > memory.bytes.length) {
        memory = allocate(innerPad, Math.max(needed, Math.min(2 * memory.bytes.length, keptBytes)));
      }
    },
    parts(ciphertextBytes) {
      return memory.parts.get(ciphertextBytes) ?? findParts(memory, ciphertextBytes);
    },
    shrink() {
      if (memory.bytes.length > keptBytes) memory = allocate(innerPad, firstBytes);
    },
  };
}

interface FrameMemory {
  readonly bytes: TextMemory;
  readonly numbers: DataView;
  readonly parts: Map<number, TokenParts>;
}

function allocate(innerPad: Uint8Array, length: number): FrameMemory {
  const bytes = allocateTextMemory(length);
  bytes.set(innerPad);
  return { bytes, numbers: new DataView(bytes.buffer), parts: new Map() };
}

function findParts(memory: FrameMemory, ciphertextBytes: number): TokenParts {
  const macAt = frameTokenAt + ciphertextAt + ciphertextBytes;
  const parts = {
    paddedMessage: memory.bytes.subarray(0, macAt),
    token: memory.bytes.subarray(frameTokenAt, macAt + tokenMacBytes),
    piece: memory.bytes.subarray(frameTokenAt + ivAt, macAt),
    mac: memory.bytes.subarray(macAt, macAt + tokenMacBytes),
  };
  if (ciphertextBytes <= keptCiphertextBytes) memory.parts.set(ciphertextBytes, parts);
  return parts;
}

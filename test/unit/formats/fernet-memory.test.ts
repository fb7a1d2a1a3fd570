import { describe, expect, test } from 'vitest';
import { createScratchMemory } from '../../../src/lib/formats/fernet/scratch-memory.ts';
import { createTokenFrame, frameTokenAt } from '../../../src/lib/formats/fernet/token-frame.ts';
import { ciphertextBytesOf } from '../../../src/lib/formats/fernet/token-layout.ts';

const innerPad = new Uint8Array(64).fill(0x36);

describe('a token frame', () => {
  test.each([73, 4025, 4032, 4033, 4041, 1_000_000])(
    'has room for a token of %i bytes once reserved',
    (tokenBytes) => {
      const frame = createTokenFrame(innerPad);
      frame.reserve(tokenBytes);
      expect(frame.bytes.length).toBeGreaterThanOrEqual(frameTokenAt + tokenBytes);
      expect(frame.parts(ciphertextBytesOf(tokenBytes)).token).toHaveLength(tokenBytes);
      expect(frame.bytes.subarray(0, 64)).toEqual(Buffer.from(innerPad));
    },
  );

  test('shows the parts of the token that stands in it, after growing too', () => {
    const frame = createTokenFrame(innerPad);
    frame.parts(16);
    frame.reserve(10_000);
    frame.bytes.fill(1, frameTokenAt);
    const { paddedMessage, token, piece, mac } = frame.parts(16);
    expect([paddedMessage, token, piece, mac].map((part) => part.length)).toEqual([64 + 41, 73, 32, 32]);
    expect(token).toEqual(Buffer.alloc(73, 1));
    expect(frame.parts(16).token).toBe(token);
  });

  test('gives the memory of a huge token back, and keeps that of an ordinary one', () => {
    const frame = createTokenFrame(innerPad);
    frame.reserve(500_000);
    const ordinary = frame.bytes;
    frame.shrink();
    expect(frame.bytes).toBe(ordinary);
    frame.reserve(5_000_000);
    frame.shrink();
    expect(frame.bytes.length).toBeLessThan(10_000);
    expect(frame.bytes.subarray(0, 64)).toEqual(Buffer.from(innerPad));
  });
});

describe('scratch memory', () => {
  test('gives as many bytes as asked for, whatever was asked for before', () => {
    const scratch = createScratchMemory();
    for (const bytes of [0, 10, 20, 21, 41, 5, 1_000_000, 4_194_304, 4_194_305, 9_000_000, 3]) {
      expect(scratch.take(bytes)).toHaveLength(bytes);
    }
  });

  test('is used again for an ordinary batch, and not kept for a huge one', () => {
    const scratch = createScratchMemory();
    const first = scratch.take(1000);
    expect(scratch.take(900).buffer).toBe(first.buffer);
    const huge = scratch.take(5_000_000);
    expect(scratch.take(1000).buffer).toBe(first.buffer);
    expect(huge.buffer).not.toBe(first.buffer);
  });
});

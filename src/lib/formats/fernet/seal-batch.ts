import { randomFillSync } from 'node:crypto';
import { freeMemory } from '../../model/bytes/free-memory.ts';
import { asTextMemory, type TextMemory } from '../../model/bytes/text-memory.ts';
import {
  allocateCells,
  filledRows,
  noCell,
  type PackedCells,
  type SpacedCells,
} from '../../model/cells/packed-cells.ts';
import type { PlainBatch } from '../../model/cells/plain-batch.ts';
import type { CellClass, CellValue } from '../../model/cells/stored-value.ts';
import { blockBytes, encipherPieces } from '../cbc/cbc-batch.ts';
import { paddedBytesOf } from '../cbc/padding.ts';
import type { BoundKey } from './bound-key.ts';
import { frameTokenAt, type TokenParts } from './token-frame.ts';
import { tokenMacBytes, timestampAt, tokenBytesOf, tokenVersion } from './token-layout.ts';
import { textLengthOf, writeToken, writeTokenInto } from './token-text.ts';

const paddings = Array.from({ length: blockBytes + 1 }, (_, length) => new Uint8Array(length).fill(length));

/** Seals a batch of plaintexts; see CellCipher. A timestamp is kept, 0 becomes the present. */
export function sealBatch(
  key: BoundKey,
  plaintexts: PlainBatch,
  classes: readonly CellClass[],
): readonly CellValue[] {
  const cells: CellValue[] = [];
  const ciphertextLengths = ciphertextLengthsOf(plaintexts, classes.length);
  sealTokens(key, { plaintexts, ciphertextLengths }, (token, index) => {
    const text = writeToken(token);
    cells.push(classes[index] === 'text' ? text : Buffer.from(text, 'latin1'));
  });
  return cells;
}

/** Seals a plaintext for each filled row of packed cells; see PackedCipher. */
export function sealPacked(key: BoundKey, plaintexts: PlainBatch, old: PackedCells): SpacedCells {
  const rows = filledRows(old.lengths);
  const ciphertextLengths = ciphertextLengthsOf(plaintexts, rows.length);
  const lengths = new Int32Array(old.lengths.length).fill(noCell);
  rows.forEach((row, index) => {
    lengths[row] = textLengthOf(tokenBytesOf(ciphertextLengths[index] ?? 0));
  });
  const cells = allocateCells(old.cellClass, lengths);
  const memory = asTextMemory(cells.bytes);
  sealTokens(key, { plaintexts, ciphertextLengths }, (token, index) => {
    writeTokenInto(memory, cells.starts[rows[index] ?? 0] ?? 0, token);
  });
  return cells;
}

interface SealingBatch {
  readonly plaintexts: PlainBatch;
  readonly ciphertextLengths: Uint32Array;
}

/** Makes a token of each plaintext; `take` has it until the next one. */
function sealTokens(
  key: BoundKey,
  { plaintexts, ciphertextLengths }: SealingBatch,
  take: (token: TextMemory, index: number) => void,
): void {
  const sealed = encipherPieces(key.encryption, layOutPieces(key, plaintexts, ciphertextLengths));
  const present = BigInt(Math.floor(Date.now() / 1000));
  let pieceAt = 0;
  ciphertextLengths.forEach((ciphertextBytes, index) => {
    const timestamp = plaintexts.timestamps[index] ?? 0n;
    const parts = emptyToken(key, ciphertextBytes, timestamp === 0n ? present : timestamp);
    pieceAt += sealed.copy(parts.piece, 0, pieceAt);
    parts.mac.latin1Write(key.signing.digest(parts.paddedMessage), 0, tokenMacBytes);
    take(parts.token, index);
  });
  freeMemory(sealed);
  key.frame.shrink();
}

/** Length of every ciphertext; throws where the batch is not what its caller believes. */
function ciphertextLengthsOf({ bytes, starts, ends, timestamps }: PlainBatch, cells: number): Uint32Array {
  if (starts.length !== cells || ends.length !== cells || timestamps.length !== cells) {
    throw new RangeError(`${cells} cells cannot be sealed from ${starts.length} plaintexts`);
  }
  return starts.map((start, index) => {
    const end = ends[index] ?? 0;
    if (start > end || end > bytes.length) {
      throw new RangeError(`plaintext ${index} does not lie within its batch`);
    }
    return paddedBytesOf(end - start);
  });
}

/** Lays out a nonce, the plaintext and its PKCS7 padding for every cell, end to end. */
function layOutPieces(key: BoundKey, plaintexts: PlainBatch, ciphertextLengths: Uint32Array): Buffer {
  const { bytes, starts, ends } = plaintexts;
  const source = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const nonceBytes = ciphertextLengths.length * blockBytes;
  const pieceBytes = ciphertextLengths.reduce((sum, length) => sum + length, nonceBytes);
  const memory = key.scratch.take(nonceBytes + pieceBytes);
  const nonces = randomFillSync(memory.subarray(0, nonceBytes));
  const pieces = memory.subarray(nonceBytes);
  let at = 0;
  ciphertextLengths.forEach((ciphertextBytes, index) => {
    const pieceEnd = at + blockBytes + ciphertextBytes;
    at += nonces.copy(pieces, at, index * blockBytes, (index + 1) * blockBytes);
    at += source.copy(pieces, at, starts[index], ends[index]);
    pieces.set(paddings[pieceEnd - at] ?? [], at);
    at = pieceEnd;
  });
  return pieces;
}

/** A token in the key's frame that lacks its IV, ciphertext and MAC. */
function emptyToken({ frame }: BoundKey, ciphertextBytes: number, timestamp: bigint): TokenParts {
  frame.reserve(tokenBytesOf(ciphertextBytes));
  frame.bytes[frameTokenAt] = tokenVersion;
  frame.numbers.setBigUint64(frameTokenAt + timestampAt, timestamp);
  return frame.parts(ciphertextBytes);
}

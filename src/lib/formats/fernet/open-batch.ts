import { timingSafeEqual } from 'node:crypto';
import { asTextMemory, type TextMemory } from '../../model/bytes/text-memory.ts';
import { filledRows, type PackedCells } from '../../model/cells/packed-cells.ts';
import type { CellValue } from '../../model/cells/stored-value.ts';
import { blockBytes, decipherPieces } from '../cbc/cbc-batch.ts';
import { paddingBefore } from '../cbc/padding.ts';
import type { OpenedBatch, OpenOutcome } from '../cell-format.ts';
import type { BoundKey } from './bound-key.ts';
import { decodedBytesAtMost } from './lenient-base64.ts';
import { frameTokenAt } from './token-frame.ts';
import { ciphertextBytesOf, tokenMacBytes, timestampAt } from './token-layout.ts';
import { readCanonicalToken, readToken } from './token-text.ts';

/** Cells that are to be opened, wherever they stand. */
interface Tokens {
  readonly count: number;
  /** The most that all of them can decode to. */
  readonly bytesAtMost: number;
  /** Decodes one of them into the key's frame: see `readToken`. */
  readonly read: (index: number) => number | undefined;
}

/** A batch between its steps; cell `i` stands at index `i` of every list and is rejected until it is proven. */
interface OpeningBatch {
  readonly outcomes: OpenOutcome[];
  readonly timestamps: BigUint64Array;
  /** Where each cell's ciphertext begins and ends in `pieces`; both 0 where the cell is out. */
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
  /** IV and ciphertext of every token, end to end. */
  readonly pieces: Buffer;
  /** The MACs the tokens carry and the MACs they must carry, 32 bytes a cell. */
  readonly carriedMacs: Buffer;
  readonly rightMacs: TextMemory;
}

/** Opens a batch of cells; see CellCipher. Memory that a result points into is never written again. */
export function openBatch(key: BoundKey, cells: readonly CellValue[]): OpenedBatch {
  return openTokens(key, {
    count: cells.length,
    bytesAtMost: cells.reduce((bytes, cell) => bytes + decodedBytesAtMost(cell.length), 0),
    read: (index) => readToken(cells[index] ?? '', key.frame),
  });
}

/** Opens packed cells; see PackedCipher. What is no canonical token is malformed here. */
export function openPacked(key: BoundKey, { bytes, starts, lengths }: PackedCells): OpenedBatch {
  const memory = asTextMemory(bytes);
  const rows = filledRows(lengths);
  return openTokens(key, {
    count: rows.length,
    bytesAtMost: decodedBytesAtMost(rows.reduce((sum, row) => sum + (lengths[row] ?? 0), 0)),
    read(index) {
      const row = rows[index] ?? 0;
      const start = starts[row] ?? 0;
      return readCanonicalToken(memory.latin1Slice(start, start + (lengths[row] ?? 0)), key.frame);
    },
  });
}

function openTokens(key: BoundKey, tokens: Tokens): OpenedBatch {
  const batch = emptyBatch(key, tokens);
  const pieces = readTokens(key, batch, tokens);
  key.frame.shrink();
  excludeWrongMacs(batch);
  const bytes = decipherPieces(key.encryption, pieces);
  removePadding(batch, bytes);
  const { outcomes, timestamps, starts, ends } = batch;
  return { bytes, starts, ends, timestamps, outcomes };
}

function emptyBatch(key: BoundKey, { count, bytesAtMost }: Tokens): OpeningBatch {
  const macBytes = count * tokenMacBytes;
  const memory = key.scratch.take(2 * macBytes + bytesAtMost);
  memory.fill(0, 0, 2 * macBytes);
  return {
    outcomes: new Array<OpenOutcome>(count).fill('rejected'),
    timestamps: new BigUint64Array(count),
    starts: new Uint32Array(count),
    ends: new Uint32Array(count),
    pieces: memory.subarray(2 * macBytes),
    carriedMacs: memory.subarray(0, macBytes),
    rightMacs: memory.subarray(macBytes, 2 * macBytes),
  };
}

/** Decodes every token, keeps its parts in `batch` and computes its MAC; gives the part of `pieces` in use. */
function readTokens({ frame, signing }: BoundKey, batch: OpeningBatch, { count, read }: Tokens): Buffer {
  let pieceAt = 0;
  for (let index = 0; index < count; index += 1) {
    const tokenBytes = read(index);
    if (tokenBytes === undefined) {
      batch.outcomes[index] = 'malformed';
      continue;
    }
    const parts = frame.parts(ciphertextBytesOf(tokenBytes));
    batch.timestamps[index] = frame.numbers.getBigUint64(frameTokenAt + timestampAt);
    batch.carriedMacs.set(parts.mac, index * tokenMacBytes);
    batch.rightMacs.latin1Write(signing.digest(parts.paddedMessage), index * tokenMacBytes, tokenMacBytes);
    batch.pieces.set(parts.piece, pieceAt);
    batch.starts[index] = pieceAt + blockBytes;
    pieceAt += parts.piece.length;
    batch.ends[index] = pieceAt;
  }
  return batch.pieces.subarray(0, pieceAt);
}

/** Compares in constant time; the whole batch at once, because a wrong MAC is rare. */
function excludeWrongMacs(batch: OpeningBatch): void {
  if (timingSafeEqual(batch.carriedMacs, batch.rightMacs)) return;
  for (let index = 0; index < batch.outcomes.length; index += 1) {
    const from = index * tokenMacBytes;
    const carried = batch.carriedMacs.subarray(from, from + tokenMacBytes);
    if (!timingSafeEqual(carried, batch.rightMacs.subarray(from, from + tokenMacBytes))) {
      exclude(batch, index);
    }
  }
}

/** Checks PKCS7 padding (RFC 5652, section 6.3), which comes after the MAC and so tells an attacker nothing. */
function removePadding(batch: OpeningBatch, plain: Uint8Array): void {
  const { ends, outcomes } = batch;
  for (let index = 0; index < outcomes.length; index += 1) {
    const end = ends[index] ?? 0;
    if (end > 0) {
      const padding = paddingBefore(end, plain);
      if (padding === 0) {
        exclude(batch, index);
      } else {
        ends[index] = end - padding;
        outcomes[index] = 'opened';
      }
    }
  }
}

function exclude({ pieces, starts, ends, timestamps }: OpeningBatch, index: number): void {
  // What no MAC vouches for must not be deciphered.
  pieces.fill(0, starts[index], ends[index]);
  starts[index] = 0;
  ends[index] = 0;
  timestamps[index] = 0n;
}

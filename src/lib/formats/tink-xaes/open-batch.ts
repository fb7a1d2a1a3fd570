import { allocateTextMemory, asTextMemory, type TextMemory } from '../../model/bytes/text-memory.ts';
import { filledRows, type PackedCells } from '../../model/cells/packed-cells.ts';
import { plainTypeOfCode } from '../../model/cells/plain-type.ts';
import type { CellValue } from '../../model/cells/stored-value.ts';
import { openValue } from '../aead/value-cipher.ts';
import { framedBytes, tagBytes, type ValueFrame, type ValueParts } from '../aead/value-frame.ts';
import type { OpenedBatch, OpenOutcome } from '../cell-format.ts';
import { associatedDataOf, isPlaceless, type Whereabouts } from './associated-data.ts';
import type { BoundKey } from './bound-key.ts';
import { ciphertextAt, frameBytesAtMost, frameIn, readCell, readText, saltAt } from './cell-frame.ts';
import { subKeyAt, useSubKeys } from './sub-key.ts';

/** Cells that are to be opened, wherever they stand. */
interface SealedCells {
  readonly count: number;
  /** The most that all of them can decode to. */
  readonly bytesAtMost: number;
  /** Writes the frame of one of them: see `readCell`. */
  readonly read: (index: number, target: TextMemory, at: number) => number | undefined;
}

/** Opens a batch of cells; see CellCipher. Each plaintext takes the place of its ciphertext, in memory of the batch's own. */
export function openBatch(key: BoundKey, cells: readonly CellValue[], where: Whereabouts): OpenedBatch {
  const bytesAtMost = cells.reduce((sum, { length }) => sum + frameBytesAtMost(length), 0);
  const read: SealedCells['read'] = (index, target, at) => readCell(cells[index] ?? '', target, at);
  return openCells(key, { count: cells.length, bytesAtMost, read }, where);
}

/** Opens packed cells; see PackedCipher. A text with white space around it is malformed here. */
export function openPacked(
  key: BoundKey,
  { cellClass, bytes, starts, lengths }: PackedCells,
  where: Whereabouts,
): OpenedBatch {
  const memory = asTextMemory(bytes);
  const rows = filledRows(lengths);
  const bytesAtMost = rows.reduce((sum, row) => sum + frameBytesAtMost(lengths[row] ?? 0), 0);
  const read: SealedCells['read'] = (index, target, at) => {
    const row = rows[index] ?? 0;
    const start = starts[row] ?? 0;
    const end = start + (lengths[row] ?? 0);
    if (frameBytesAtMost(end - start) === 0) return undefined;
    return cellClass === 'text'
      ? readText(memory.latin1Slice(start, end), target, at)
      : frameIn(target, at, memory.copy(target, at, start, end));
  };
  return openCells(key, { count: rows.length, bytesAtMost, read }, where);
}

function openCells(key: BoundKey, cells: SealedCells, where: Whereabouts): OpenedBatch {
  const { bytes, outcomes, indexes, frameStarts, frameEnds } = readFrames(key, cells);
  const [starts, ends] = [new Uint32Array(cells.count), new Uint32Array(cells.count)];
  const types = new Uint8Array(cells.count);
  const opened = { bytes, starts, ends, timestamps: new BigUint64Array(cells.count), types, outcomes };
  // Where nothing can be bound, none of these cells stands at its place.
  if (indexes.length === 0 || isPlaceless(where)) return opened;
  const associatedData = associatedDataOf(where);
  const salts = { bytes, starts: frameStarts.map((start) => start + saltAt) };
  useSubKeys(key, salts, (subKeys) => {
    indexes.forEach((index, order) => {
      const [start, end] = [frameStarts[order] ?? 0, frameEnds[order] ?? 0];
      const plaintext = openValue(partsAt(key.frame, bytes, { start, end }), {
        algorithm: 'aes-256-gcm',
        key: subKeyAt(subKeys, order),
        additionalData: associatedData(index),
      });
      if (plaintext === undefined) return;
      const type = plaintext[0] ?? 0;
      types[index] = type;
      outcomes[index] = plainTypeOfCode(type) === undefined ? 'rejected' : 'opened';
      if (outcomes[index] !== 'opened') return;
      bytes.set(plaintext, start + ciphertextAt);
      starts[index] = start + ciphertextAt + 1;
      ends[index] = end - tagBytes;
    });
  });
  return opened;
}

/** Cells of this key in the memory of their batch. */
interface Frames {
  readonly bytes: TextMemory;
  readonly outcomes: OpenOutcome[];
  /** Which cells they are, and where each of them lies; a cell of another key is not among them. */
  readonly indexes: readonly number[];
  readonly frameStarts: readonly number[];
  readonly frameEnds: readonly number[];
}

/** A cell of this key is displaced until it is proven that it stands at its place. */
function readFrames({ prefix }: BoundKey, { count, bytesAtMost, read }: SealedCells): Frames {
  const bytes = allocateTextMemory(bytesAtMost);
  const [indexes, frameStarts, frameEnds]: [number[], number[], number[]] = [[], [], []];
  const outcomes = new Array<OpenOutcome>(count).fill('displaced');
  let start = 0;
  for (let index = 0; index < count; index += 1) {
    const length = read(index, bytes, start);
    if (length === undefined) {
      outcomes[index] = 'malformed';
    } else if (!beginsWith(bytes, start, prefix)) {
      outcomes[index] = 'rejected';
    } else {
      indexes.push(index);
      frameStarts.push(start);
      start += length;
      frameEnds.push(start);
    }
  }
  return { bytes, outcomes, indexes, frameStarts, frameEnds };
}

function beginsWith(bytes: Uint8Array, start: number, prefix: Uint8Array): boolean {
  for (let at = 0; at < prefix.length; at += 1) if (bytes[start + at] !== prefix[at]) return false;
  return true;
}

/** The parts of the value between two places: in the frame, where it fits. */
function partsAt(
  frame: ValueFrame,
  bytes: TextMemory,
  { start, end }: { readonly start: number; readonly end: number },
): ValueParts {
  if (end - start > framedBytes) return frame.partsOf(bytes.subarray(start, end));
  bytes.copy(frame.memory, 0, start, end);
  return frame.parts(end - start);
}

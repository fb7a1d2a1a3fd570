import { randomFillSync } from 'node:crypto';
import { freeMemory } from '../../model/bytes/free-memory.ts';
import { allocateTextMemory, asTextMemory, type TextMemory } from '../../model/bytes/text-memory.ts';
import {
  allocateCells,
  filledRows,
  noCell,
  type PackedCells,
  type SpacedCells,
} from '../../model/cells/packed-cells.ts';
import type { PlainBatch } from '../../model/cells/plain-batch.ts';
import { typeCodes } from '../../model/cells/plain-type.ts';
import type { CellClass, CellValue } from '../../model/cells/stored-value.ts';
import { sealValue } from '../aead/value-cipher.ts';
import { framedBytes } from '../aead/value-frame.ts';
import { associatedDataOf, type Whereabouts } from './associated-data.ts';
import type { BoundKey } from './bound-key.ts';
import {
  cellBytesOf,
  ciphertextAt,
  nonceBytes,
  overheadBytes,
  saltAt,
  writeCell,
  writeCellInto,
} from './cell-frame.ts';
import { subKeyAt, useSubKeys } from './sub-key.ts';

/** Plaintexts and where they are to stand. */
interface SealingBatch {
  readonly plaintexts: PlainBatch;
  readonly where: Whereabouts;
}

/** Seals a batch of plaintexts; see CellCipher. A type that is not known is text. */
export function sealBatch(
  key: BoundKey,
  batch: SealingBatch,
  classes: readonly CellClass[],
): readonly CellValue[] {
  const cells: CellValue[] = [];
  sealFrames(key, batch, (frame, index) => {
    cells.push(writeCell(frame, classes[index] ?? 'text'));
  });
  return cells;
}

/** Seals a plaintext for each filled row of packed cells; see PackedCipher. */
export function sealPacked(key: BoundKey, batch: SealingBatch, old: PackedCells): SpacedCells {
  const { cellClass } = old;
  const { starts, ends } = batch.plaintexts;
  const rows = filledRows(old.lengths);
  const lengths = new Int32Array(old.lengths.length).fill(noCell);
  rows.forEach((row, index) => {
    lengths[row] = cellBytesOf(frameBytesOf((ends[index] ?? 0) - (starts[index] ?? 0)), cellClass);
  });
  const cells = allocateCells(cellClass, lengths);
  const memory = asTextMemory(cells.bytes);
  sealFrames(key, batch, (frame, index) => {
    writeCellInto(memory, cells.starts[rows[index] ?? 0] ?? 0, { frame, cellClass });
  });
  return cells;
}

/** Length of the frame of a plaintext of so many bytes; the code of its type stands before it. */
function frameBytesOf(plaintextBytes: number): number {
  return plaintextBytes + 1 + overheadBytes;
}

/** Makes a frame of each plaintext; `take` has it until the next one. */
function sealFrames(
  key: BoundKey,
  { plaintexts, where }: SealingBatch,
  take: (frame: TextMemory, index: number) => void,
): void {
  const { bytes, starts, ends, types } = plaintexts;
  const source = asTextMemory(bytes);
  const nonces = randomFillSync(allocateTextMemory(starts.length * nonceBytes));
  const salts = starts.map((_, index) => index * nonceBytes);
  const associatedData = associatedDataOf(where);
  useSubKeys(key, { bytes: nonces, starts: salts }, (subKeys) => {
    starts.forEach((start, index) => {
      const end = ends[index] ?? 0;
      const length = frameBytesOf(end - start);
      const { frame } = key;
      const parts = length <= framedBytes ? frame.parts(length) : frame.partsOf(allocateTextMemory(length));
      const { whole } = parts;
      whole.set(key.prefix);
      nonces.copy(whole, saltAt, index * nonceBytes, (index + 1) * nonceBytes);
      const type = types?.[index] ?? 0;
      whole[ciphertextAt] = type === 0 ? typeCodes.text : type;
      source.copy(whole, ciphertextAt + 1, start, end);
      sealValue(parts, {
        algorithm: 'aes-256-gcm',
        key: subKeyAt(subKeys, index),
        additionalData: associatedData(index),
      });
      take(whole, index);
    });
  });
  freeMemory(nonces);
}

import { randomFillSync } from 'node:crypto';
import { freeMemory } from '../../model/bytes/free-memory.ts';
import { allocateTextMemory, asTextMemory } from '../../model/bytes/text-memory.ts';
import {
  allocateCells,
  filledRows,
  noCell,
  type PackedCells,
  type SpacedCells,
} from '../../model/cells/packed-cells.ts';
import type { PlainBatch } from '../../model/cells/plain-batch.ts';
import type { CellClass, CellValue } from '../../model/cells/stored-value.ts';
import type { KeyedParts } from './aead-parts.ts';
import { nonceBytes, overheadBytes } from './sealed-layout.ts';
import { sealValue } from './value-cipher.ts';
import { framedBytes } from './value-frame.ts';

const numberAlone = /^[\d.eE+-]*$/;

/** Seals a batch of plaintexts; see CellCipher. Each gets a nonce of its own from one draw of random bytes. */
export function sealBatch(
  parts: KeyedParts,
  plaintexts: PlainBatch,
  classes: readonly CellClass[],
): readonly CellValue[] {
  const seal = createSealing(parts, plaintexts);
  return classes.map((cellClass, index) => seal(index, cellClass));
}

/** Seals a plaintext for each filled row of packed cells; see PackedCipher. */
export function sealPacked(parts: KeyedParts, plaintexts: PlainBatch, old: PackedCells): SpacedCells {
  const { cellClass } = old;
  const { starts, ends } = plaintexts;
  const rows = filledRows(old.lengths);
  const lengths = new Int32Array(old.lengths.length).fill(noCell);
  rows.forEach((row, index) => {
    lengths[row] = parts.encoding.lengthOf((ends[index] ?? 0) - (starts[index] ?? 0) + overheadBytes);
  });
  const cells = allocateCells(cellClass, lengths);
  const memory = asTextMemory(cells.bytes);
  const seal = createSealing(parts, plaintexts);
  rows.forEach((row, index) => {
    const [cell, at] = [seal(index, cellClass), cells.starts[row] ?? 0];
    if (typeof cell === 'string') memory.latin1Write(cell, at, cell.length);
    else memory.set(cell, at);
  });
  return cells;
}

/** Seals the plaintexts of a batch one by one. */
function createSealing(
  parts: KeyedParts,
  { bytes, starts, ends }: PlainBatch,
): (index: number, cellClass: CellClass) => CellValue {
  const { encoding, frame } = parts;
  const source = asTextMemory(bytes);
  const nonces = randomFillSync(allocateTextMemory(starts.length * nonceBytes));
  return (index, cellClass) => {
    const [start, end] = [starts[index] ?? 0, ends[index] ?? 0];
    const sealedBytes = end - start + overheadBytes;
    const value =
      sealedBytes <= framedBytes ? frame.parts(sealedBytes) : frame.partsOf(allocateTextMemory(sealedBytes));
    nonces.copy(value.nonce, 0, index * nonceBytes, (index + 1) * nonceBytes);
    if (index === starts.length - 1) freeMemory(nonces);
    for (;;) {
      source.copy(value.text, 0, start, end);
      sealValue(value, parts);
      const cell = encoding.encode(value.whole, cellClass);
      if (!isNumeric(cell)) return cell;
      randomFillSync(value.nonce);
    }
  };
}

/** Once in 10^11 cells, hexadecimal has digits alone; a column of numeric affinity would then store a number. */
function isNumeric(cell: CellValue): boolean {
  return typeof cell === 'string' && numberAlone.test(cell);
}

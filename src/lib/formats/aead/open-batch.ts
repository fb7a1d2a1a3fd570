import { allocateTextMemory, asTextMemory } from '../../model/bytes/text-memory.ts';
import { filledRows, type PackedCells } from '../../model/cells/packed-cells.ts';
import type { CellValue } from '../../model/cells/stored-value.ts';
import type { OpenedBatch, OpenOutcome } from '../cell-format.ts';
import type { KeyedParts } from './aead-parts.ts';
import { overheadBytes } from './sealed-layout.ts';
import { openValue } from './value-cipher.ts';
import { framedBytes } from './value-frame.ts';

/** Cells that are to be opened, wherever they stand. */
interface SealedCells {
  readonly lengths: ArrayLike<number>;
  readonly cellAt: (index: number) => CellValue;
}

/** Opens a batch of cells; see CellCipher. */
export function openBatch(parts: KeyedParts, cells: readonly CellValue[]): OpenedBatch {
  const lengths = cells.map(({ length }) => length);
  return openCells(parts, { lengths, cellAt: (index) => cells[index] ?? '' });
}

/** Opens packed cells; see PackedCipher. What is no ASCII is malformed here. */
export function openPacked(
  parts: KeyedParts,
  { cellClass, bytes, starts, lengths }: PackedCells,
): OpenedBatch {
  const memory = asTextMemory(bytes);
  const rows = filledRows(lengths);
  const filled = Array.from(rows, (row) => lengths[row] ?? 0);
  return openCells(parts, {
    lengths: filled,
    cellAt(index) {
      const start = starts[rows[index] ?? 0] ?? 0;
      const end = start + (filled[index] ?? 0);
      return cellClass === 'text' ? memory.latin1Slice(start, end) : memory.subarray(start, end);
    },
  });
}

function openCells(parts: KeyedParts, { lengths, cellAt }: SealedCells): OpenedBatch {
  const { encoding, frame } = parts;
  const bytesAtMost = Array.from(lengths, (length) => encoding.bytesAtMost({ length }));
  const bytes = allocateTextMemory(bytesAtMost.reduce((sum, most) => sum + most, 0));
  const [starts, ends] = [new Uint32Array(lengths.length), new Uint32Array(lengths.length)];
  let at = 0;
  const outcomes = bytesAtMost.map((most, index): OpenOutcome => {
    const [memory, from] = most <= framedBytes ? [frame.memory, 0] : [bytes, at];
    const sealedBytes = encoding.decode(cellAt(index), memory, from);
    if (sealedBytes === undefined || sealedBytes < overheadBytes) return 'malformed';
    const isFramed = memory === frame.memory;
    const plaintext = openValue(
      isFramed ? frame.parts(sealedBytes) : frame.partsOf(bytes.subarray(at, at + sealedBytes)),
      parts,
    );
    if (plaintext === undefined) return 'rejected';
    bytes.set(plaintext, at);
    starts[index] = at;
    at += plaintext.length;
    ends[index] = at;
    return 'opened';
  });
  return { bytes, starts, ends, timestamps: new BigUint64Array(lengths.length), outcomes };
}

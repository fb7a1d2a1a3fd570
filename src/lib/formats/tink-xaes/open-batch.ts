import { createDecipheriv, type KeyObject } from 'node:crypto';
import { plainTypeOfCode } from '../../model/cells/plain-type.ts';
import type { CellValue } from '../../model/cells/stored-value.ts';
import type { OpenedBatch, OpenOutcome } from '../cell-format.ts';
import { associatedDataOf, isPlaceless, type Whereabouts } from './associated-data.ts';
import { deriveSubKeys, saltBytes, type BoundKey } from './bound-key.ts';
import { ciphertextAt, ivAt, ivBytes, readCell, saltAt, tagBytes } from './cell-frame.ts';
import { subKeyBytes, subKeyAt } from './sub-key.ts';

/** Opens a batch of cells; see CellCipher. Each plaintext takes the place of its ciphertext, in memory of the batch's own. */
export function openBatch(key: BoundKey, cells: readonly CellValue[], where: Whereabouts): OpenedBatch {
  const frames = readCells(key, cells);
  const { bytes, outcomes } = frames;
  // Where nothing can be bound, none of these cells stands at its place.
  const spans = isPlaceless(where) ? [] : frames.spans;
  const subKeys = deriveSubKeys(key, saltsOf(bytes, spans));
  const associatedData = spans.length === 0 ? () => undefined : associatedDataOf(where);
  const [starts, ends] = [new Uint32Array(cells.length), new Uint32Array(cells.length)];
  const types = new Uint8Array(cells.length);
  spans.forEach(({ index, start, end }, order) => {
    const frame = bytes.subarray(start, end);
    if (!openInPlace(frame, subKeyAt(subKeys, order), associatedData(index))) return;
    types[index] = frame[ciphertextAt] ?? 0;
    outcomes[index] = plainTypeOfCode(types[index]) === undefined ? 'rejected' : 'opened';
    if (outcomes[index] !== 'opened') return;
    starts[index] = start + ciphertextAt + 1;
    ends[index] = end - tagBytes;
  });
  subKeys.fill(0, 0, spans.length * subKeyBytes);
  return { bytes, starts, ends, timestamps: new BigUint64Array(cells.length), types, outcomes };
}

/** Cells of this key in the memory of their batch. */
interface Frames {
  readonly bytes: Buffer;
  readonly outcomes: OpenOutcome[];
  /** Where each of them lies; a cell of another key has none. */
  readonly spans: readonly Span[];
}

interface Span {
  readonly index: number;
  readonly start: number;
  readonly end: number;
}

/** A cell of this key is displaced until it is proven that it stands at its place. */
function readCells({ prefix }: BoundKey, cells: readonly CellValue[]): Frames {
  const bytes = Buffer.allocUnsafeSlow(cells.reduce((sum, cell) => sum + cell.length, 0));
  const spans: Span[] = [];
  let start = 0;
  const outcomes = cells.map((cell, index): OpenOutcome => {
    const length = readCell(cell, bytes, start);
    if (length === undefined) return 'malformed';
    if (prefix.compare(bytes, start, start + prefix.length) !== 0) return 'rejected';
    spans.push({ index, start, end: start + length });
    start += length;
    return 'displaced';
  });
  return { bytes, outcomes, spans };
}

function saltsOf(bytes: Buffer, spans: readonly Span[]): Buffer {
  const salts = Buffer.allocUnsafe(spans.length * saltBytes);
  spans.forEach(({ start }, order) => {
    bytes.copy(salts, order * saltBytes, start + saltAt, start + saltAt + saltBytes);
  });
  return salts;
}

/** Puts the plaintext into the place of the ciphertext, once the tag has vouched for it. */
function openInPlace(frame: Buffer, subKey: KeyObject, associatedData: Uint8Array | undefined): boolean {
  const tagAt = frame.length - tagBytes;
  const decipher = createDecipheriv('aes-256-gcm', subKey, frame.subarray(ivAt, ivAt + ivBytes), {
    authTagLength: tagBytes,
  });
  if (associatedData) decipher.setAAD(associatedData);
  decipher.setAuthTag(frame.subarray(tagAt));
  const plaintext = decipher.update(frame.subarray(ciphertextAt, tagAt));
  try {
    decipher.final();
  } catch {
    return false;
  }
  frame.set(plaintext, ciphertextAt);
  return true;
}

import { createDecipheriv, type KeyObject } from 'node:crypto';
import { plainTypeOfCode } from '../../model/plain-type.ts';
import type { CellValue } from '../../model/stored-value.ts';
import type { OpenedBatch, OpenOutcome } from '../cell-format.ts';
import { associatedDataOf, isPlaceless, type Whereabouts } from './associated-data.ts';
import { deriveSubKeys, SALT_BYTES, type BoundKey } from './bound-key.ts';
import { CIPHERTEXT_AT, IV_AT, IV_BYTES, readCell, SALT_AT, TAG_BYTES } from './cell-frame.ts';
import { SUB_KEY_BYTES, subKeyAt } from './sub-key.ts';

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
    types[index] = frame[CIPHERTEXT_AT] ?? 0;
    outcomes[index] = plainTypeOfCode(types[index]) === undefined ? 'rejected' : 'opened';
    if (outcomes[index] !== 'opened') return;
    starts[index] = start + CIPHERTEXT_AT + 1;
    ends[index] = end - TAG_BYTES;
  });
  subKeys.fill(0, 0, spans.length * SUB_KEY_BYTES);
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
  const salts = Buffer.allocUnsafe(spans.length * SALT_BYTES);
  spans.forEach(({ start }, order) => {
    bytes.copy(salts, order * SALT_BYTES, start + SALT_AT, start + SALT_AT + SALT_BYTES);
  });
  return salts;
}

/** Puts the plaintext into the place of the ciphertext, once the tag has vouched for it. */
function openInPlace(frame: Buffer, subKey: KeyObject, associatedData: Uint8Array | undefined): boolean {
  const tagAt = frame.length - TAG_BYTES;
  const decipher = createDecipheriv('aes-256-gcm', subKey, frame.subarray(IV_AT, IV_AT + IV_BYTES), {
    authTagLength: TAG_BYTES,
  });
  if (associatedData) decipher.setAAD(associatedData);
  decipher.setAuthTag(frame.subarray(tagAt));
  const plaintext = decipher.update(frame.subarray(CIPHERTEXT_AT, tagAt));
  try {
    decipher.final();
  } catch {
    return false;
  }
  frame.set(plaintext, CIPHERTEXT_AT);
  return true;
}

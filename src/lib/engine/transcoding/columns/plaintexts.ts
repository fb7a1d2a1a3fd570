import type { CellFormat, OpenedBatch } from '../../../formats/cell-format.ts';
import type { PlainBatch } from '../../../model/cells/plain-batch.ts';
import { KeyturnError } from '../../../model/keyturn-error.ts';
import { createShapeTest } from './lookalikes.ts';

/** The plaintexts at some indexes of a batch, without copying them; `renew` forgets when they were sealed. */
export function pickPlaintexts(
  batch: PlainBatch,
  indexes: readonly number[],
  timestamps: 'keep' | 'renew',
): PlainBatch {
  if (indexes.length === batch.starts.length && timestamps === 'keep') return batch;
  const at = (index: number): number => indexes[index] ?? 0;
  return {
    bytes: batch.bytes,
    starts: Uint32Array.from(indexes, (_, index) => batch.starts[at(index)] ?? 0),
    ends: Uint32Array.from(indexes, (_, index) => batch.ends[at(index)] ?? 0),
    timestamps: BigUint64Array.from(indexes, (_, index) =>
      timestamps === 'keep' ? (batch.timestamps[at(index)] ?? 0n) : 0n,
    ),
    ...(batch.types && { types: Uint8Array.from(indexes, (_, index) => batch.types?.[at(index)] ?? 0) }),
  };
}

/** Compares what was sealed with what opens again; a difference ends the run before anything is written. */
export function refuseDifference(
  sealed: PlainBatch,
  reopened: OpenedBatch,
  format: Pick<CellFormat, 'timestamps' | 'types'>,
): void {
  const before = asBuffer(sealed.bytes);
  const after = asBuffer(reopened.bytes);
  for (let index = 0; index < sealed.starts.length; index += 1) {
    const same =
      reopened.outcomes[index] === 'opened' &&
      before.compare(
        after,
        reopened.starts[index],
        reopened.ends[index],
        sealed.starts[index],
        sealed.ends[index],
      ) === 0 &&
      (format.timestamps === 'none' ||
        sealed.timestamps[index] === 0n ||
        sealed.timestamps[index] === reopened.timestamps[index]) &&
      (format.types === 'none' || isSameType(sealed.types?.[index], reopened.types?.[index]));
    if (!same) throw sealedWrongly();
  }
}

/** A type that was not known before it was sealed may be any. */
function isSameType(sealed: number | undefined, reopened: number | undefined): boolean {
  return sealed === undefined || sealed === 0 || sealed === reopened;
}

/**
 * Counts opened plaintexts that are cells themselves, as far as bytes alone tell: encrypted twice by an earlier script. Made
 * once for a column: made anew for each batch, its compiled code was thrown away each time.
 */
export function createNestedCount(formats: readonly CellFormat[]): (opened: OpenedBatch) => number {
  const telling = formats.filter(({ detection }) => detection === 'by content').map(createNestedTest);
  if (telling.length === 0) return () => 0;
  return ({ bytes, starts, ends, outcomes }) => {
    const plaintexts = asBuffer(bytes);
    let nested = 0;
    for (let index = 0; index < outcomes.length; index += 1) {
      const [start, end] = [starts[index] ?? 0, ends[index] ?? 0];
      if (telling.some((isCell) => isCell(plaintexts, start, end))) nested += 1;
    }
    return nested;
  };
}

/** Looks at length and first byte before anything else: this is asked of every cell. */
function createNestedTest(format: CellFormat): (bytes: Buffer, start: number, end: number) => boolean {
  const mayBe = createShapeTest(format);
  return (bytes, start, end) =>
    mayBe(end - start, bytes[start] ?? 0) && format.recognises(bytes.toString('latin1', start, end));
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function sealedWrongly(): KeyturnError {
  return new KeyturnError({
    code: 'KT_SELF_CHECK_FAILED',
    reason: 'unexpected',
    message: 'a cell that was just sealed does not open to what went in; nothing of this chunk was written',
    hints: ['check the memory and the processor of this machine, then run the same command again'],
  });
}

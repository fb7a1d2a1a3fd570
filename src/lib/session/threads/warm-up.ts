import { randomBytes } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Transcoder } from '../../engine/transcoding/transcoder.ts';
import type { CellCipher } from '../../formats/cell-format.ts';
import type { MigrationKeys } from '../../keys/migration-keys.ts';
import { allocateCells, type PackedCells } from '../../model/cells/packed-cells.ts';
import { packedBatch } from '../../model/cells/row-batch.ts';
import type { CellValue } from '../../model/cells/stored-value.ts';
import type { PlannedColumn, PlannedTarget } from '../../model/plans/plan.ts';
import { formatOf } from '../formats/bind-transcoder.ts';

/** How many made-up cells are taken through a transcoder, and how often: after that the compiler has little left to do. */
const cellsAtATime = 500;
const times = 20;

/** Bytes of a made-up plaintext, as cells of a few hundred characters have them. */
const plaintextBytes = 160;

/**
 * Takes made-up cells through the transcoder of a rotation and throws them away, so that its code is compiled before the
 * first batch comes: a thread has nothing to do meanwhile. Batches that come are taken in between. Of 100,000 rows this and
 * what the compiler did beside it took a tenth of the time.
 */
export async function warmUp({ columns }: PlannedTarget, { transcoder, oldKey, cells }: Work): Promise<void> {
  if (oldKey === null || !columns.every(isPlainlyRotated)) return;
  const sealed = columns.map(({ from }) => sealSomething(formatOf(from).bind(oldKey)));
  const rows = { keys: [] };
  const batch = cells === 'packed' ? packedBatch(sealed.map(pack), rows) : { ...rows, columns: sealed };
  for (let time = 0; time < times; time += 1) {
    await nextTurn();
    transcoder.transcodeAtOnce(batch);
  }
}

/** What is to be warm: for batches that come packed, other code than for single cells. */
interface Work {
  readonly transcoder: Transcoder;
  readonly oldKey: MigrationKeys['old'];
  readonly cells: 'packed' | 'single';
}

function pack(cells: readonly CellValue[]): PackedCells {
  const packed = allocateCells(
    'text',
    Int32Array.from(cells, ({ length }) => length),
  );
  cells.forEach((cell, index) => {
    packed.bytes.set(Buffer.from(cell), packed.starts[index]);
  });
  return packed;
}

function sealSomething(cipher: CellCipher): readonly CellValue[] {
  const starts = Uint32Array.from({ length: cellsAtATime }, (_, index) => index * plaintextBytes);
  const plaintexts = {
    bytes: randomBytes(cellsAtATime * plaintextBytes),
    starts,
    ends: starts.map((start) => start + plaintextBytes),
    timestamps: new BigUint64Array(cellsAtATime),
  };
  return cipher.sealBatch(plaintexts, new Array<'text'>(cellsAtATime).fill('text'));
}

/** Nothing has to be known of the rows that such a column's cells stand in. */
function isPlainlyRotated({ from, to, into, indexes }: PlannedColumn): boolean {
  if (from.kind !== 'encrypted' || to.kind !== 'encrypted') return false;
  if (into !== undefined || indexes !== undefined) return false;
  const [before, after] = [formatOf(from), formatOf(to)];
  if (before.integrity === 'none' || before.binding !== 'none' || after.binding !== 'none') return false;
  return before.classes.includes('text');
}

import type { OpenedBatch, OpenOutcome } from '../cell-format.ts';

/** The result of opening a cell. */
export type OpenedText = Buffer | Exclude<OpenOutcome, 'opened'>;

/** Lays opened plaintexts out as the batch they are. */
export function toOpenedBatch(results: readonly OpenedText[]): OpenedBatch {
  const plaintexts = results.map((result) => (typeof result === 'string' ? Buffer.alloc(0) : result));
  const starts = new Uint32Array(results.length);
  const ends = new Uint32Array(results.length);
  let at = 0;
  plaintexts.forEach(({ length }, index) => {
    starts[index] = at;
    at += length;
    ends[index] = at;
  });
  return {
    bytes: Buffer.concat(plaintexts),
    starts,
    ends,
    timestamps: new BigUint64Array(results.length),
    outcomes: results.map((result) => (typeof result === 'string' ? result : 'opened')),
  };
}

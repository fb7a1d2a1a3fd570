import type { Pacing } from '../../databases/target-database.ts';

/** Chooses how many rows the next chunk takes, from how long the work of the last ones took. */
export interface BatchSizer {
  readonly rows: number;
  /** Records how long a transaction took, in milliseconds. */
  note(milliseconds: number): void;
}

const smallestBatch = 10;
const remembered = 10;

/** From here on a transaction is far too long whatever was slow, in milliseconds. */
const alarming = 100;

/**
 * Starts at `initialRows` and aims at `targetMilliseconds`: n <- n * clamp(target / median of the last ten, 0.2,
 * 1.5), and at once a tenth after a transaction of more than five times the target and 100 ms. The median, because
 * on a busy machine one transaction in ten is interrupted, and smaller batches would not change that.
 */
export function createBatchSizer({
  initialRows,
  maximumRows,
  targetMilliseconds,
}: Pick<Pacing, 'initialRows' | 'maximumRows' | 'targetMilliseconds'>): BatchSizer {
  let rows = initialRows;
  let recent: number[] = [];
  const clamp = (value: number): number => Math.round(Math.min(Math.max(value, smallestBatch), maximumRows));
  return {
    get rows() {
      return rows;
    },
    note(milliseconds) {
      if (targetMilliseconds === null) return;
      if (milliseconds > Math.max(5 * targetMilliseconds, alarming)) {
        rows = clamp(rows / 10);
        recent = [];
        return;
      }
      recent = [...recent.slice(1 - remembered), milliseconds];
      const median = [...recent].sort((one, other) => one - other)[recent.length >> 1] ?? 1;
      rows = clamp(rows * Math.min(Math.max(targetMilliseconds / Math.max(median, 0.1), 0.2), 1.5));
    },
  };
}

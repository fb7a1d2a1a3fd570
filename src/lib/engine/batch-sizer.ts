import type { Pacing } from '../databases/target-database.ts';

/** Chooses how many rows the next chunk takes, from how long the last ones held their lock. */
export interface BatchSizer {
  readonly rows: number;
  /** Tells how long a transaction took, in milliseconds. */
  note(milliseconds: number): void;
}

const smallestBatch = 10;
const remembered = 10;

/**
 * Starts at `initialRows` and aims at `targetMilliseconds`: n <- n * clamp(target / p90 of the last ten, 0.2, 1.5),
 * and at once a tenth after a transaction of more than five times the target.
 */
export function createBatchSizer({ initialRows, maximumRows, targetMilliseconds }: Pacing): BatchSizer {
  let rows = initialRows;
  let recent: number[] = [];
  const clamp = (value: number): number => Math.round(Math.min(Math.max(value, smallestBatch), maximumRows));
  return {
    get rows() {
      return rows;
    },
    note(milliseconds) {
      if (targetMilliseconds === null) return;
      if (milliseconds > 5 * targetMilliseconds) {
        rows = clamp(rows / 10);
        recent = [];
        return;
      }
      recent = [...recent.slice(1 - remembered), milliseconds];
      const nineOfTen =
        [...recent].sort((one, other) => one - other)[Math.floor(0.9 * (recent.length - 1))] ?? 1;
      rows = clamp(rows * Math.min(Math.max(targetMilliseconds / Math.max(nineOfTen, 0.1), 0.2), 1.5));
    },
  };
}

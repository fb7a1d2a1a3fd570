import type { Workload } from '../../throttles/throttle.ts';

/** Measures what a run does between two questions to its throttles. */
export interface WorkloadMeter {
  /** Tells how many rows a chunk had. */
  note(rows: number): void;
  /** What was done since the last reading; waiting does not count as work. */
  read(): Omit<Workload, 'limits'>;
  /** The run begins to work again. */
  restart(): void;
}

/** Starts to measure at once; `elapsed` is a clock in milliseconds that never goes back. */
export function createWorkloadMeter(elapsed: () => number): WorkloadMeter {
  let rows = 0;
  let workedSince = elapsed();
  const restart = (): void => {
    workedSince = elapsed();
  };
  return {
    note(chunkRows) {
      rows += chunkRows;
    },
    read() {
      const work = { rows, milliseconds: elapsed() - workedSince };
      rows = 0;
      restart();
      return work;
    },
    restart,
  };
}

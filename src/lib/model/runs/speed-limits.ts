/** What an operator may turn while a migration runs; none of it changes the result. `null`: not limited. */
export interface SpeedLimits {
  /** Fixed number of rows a chunk; `null`: adaptive. */
  readonly batchRows: number | null;
  /** Most rows walked in a second, on average. */
  readonly maximumRowsPerSecond: number | null;
  /** How long the run waits for each unit of time it works; 1 is just as long. */
  readonly niceRatio: number | null;
}

/** As fast as it goes. */
export const noLimits: SpeedLimits = { batchRows: null, maximumRowsPerSecond: null, niceRatio: null };

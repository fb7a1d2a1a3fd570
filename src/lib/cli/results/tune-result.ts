import type { SpeedLimits } from '../../model/runs/speed-limits.ts';

/** `tune`. */
export interface TuneResult {
  readonly migration: string;
  readonly database: string;
  /** As they are now; `null`: not limited. */
  readonly limits: SpeedLimits;
  /** The process that follows at its next chunk; `null` where none runs: the next run will. */
  readonly heldBy: string | null;
  readonly next: readonly string[];
}

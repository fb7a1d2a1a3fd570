import type { SpeedLimits } from '../runs/speed-limits.ts';

/** What an operator wants a migration to be; its run follows at the next chunk. A migration is born wanted `running`. */
export type DesiredState = 'running' | 'paused' | 'cancelled';

/** What operators have asked of a migration, from whatever machine. */
export interface Orders {
  readonly desired: DesiredState;
  /** Who gave the order; `null` where there is none. */
  readonly by: string | null;
  /** How fast it may go. */
  readonly limits: SpeedLimits;
}

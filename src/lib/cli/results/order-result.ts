import type { CellCounts } from '../../model/cells/cell-counts.ts';
import type { KeyId } from '../../model/columns/column-state.ts';
import type { StatusResult } from './status-result.ts';

/** `pause`, `resume`, `cancel`. */
export interface OrderResult {
  readonly migration: string;
  readonly order: 'pause' | 'resume' | 'cancel';
  /** `pending`: the run has not followed within `--wait`; `no run`: no run lives, the next one will follow. */
  readonly outcome: 'followed' | 'pending' | 'no run';
  readonly state: StatusResult['state'];
  readonly database: string;
  readonly oldKeyId: KeyId | null;
  readonly newKeyId: KeyId | null;
  readonly cells: CellCounts;
  readonly heldBy: string | null;
  readonly next: readonly string[];
}

import type { RunKnobs } from '../../engine/migration-run.ts';
import type { RunIntent } from '../../engine/runs/choose-migration.ts';
import type { RunConcurrency } from '../../engine/runs/open-run.ts';
import type { UndoPolicy } from '../../engine/undo-keeper.ts';
import type { MigrationKeys } from '../../keys/migration-keys.ts';
import type { DatabaseLocation } from '../../model/databases/database-location.ts';
import type { SpeedLimits } from '../../model/runs/speed-limits.ts';
import type { TriggerChoice } from '../../model/runs/trigger-choice.ts';
import type { PairSide } from '../../model/schema/column-pair.ts';
import type { Reporter } from '../../reporters/reporter.ts';
import type { ThrottleSettings } from '../../throttles/throttle.ts';
import type { KeyPublication } from '../keys/publish-key.ts';
import type { ScrubRequest } from '../scrub/scrub-afterwards.ts';
import type { BackupChoice } from './back-up-first.ts';

/** Everything a run of a migration needs. */
export interface MigrationRequest {
  readonly location: DatabaseLocation;
  readonly use: 'shared' | 'exclusive';
  /** What the updates may set off; triggers fire by default. */
  readonly triggers?: TriggerChoice;
  /** Whether the run may work beside others on the same migration; by default it does so alone. */
  readonly concurrency?: RunConcurrency;
  /** How many transactions go side by side; by default it depends on the machine. */
  readonly connections?: number | undefined;
  readonly intent: RunIntent;
  readonly keys: MigrationKeys;
  readonly knobs: RunKnobs;
  /** Limits to turn before the run begins; the others are what the ledger says. */
  readonly limits: Partial<SpeedLimits>;
  readonly throttles: ThrottleSettings;
  readonly backup: BackupChoice;
  /** Whether replaced cells are kept for a rollback; forgotten by default. */
  readonly replaced?: UndoPolicy['replaced'];
  /** Which side of a pair of columns counts where nobody has seen which was written last; by default that is an error. */
  readonly preferred?: PairSide | undefined;
  /** Whether a scrub follows, once the migration has succeeded. */
  readonly scrub?: ScrubRequest;
  /** Where the new key goes: beside the old one before the first row, in its place at the end. */
  readonly publication?: KeyPublication | undefined;
  readonly reporter: Reporter;
  /** Asks the run to stop after the chunk at hand. */
  readonly stop: AbortSignal;
}

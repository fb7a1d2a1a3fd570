import type { TargetDatabase } from '../databases/target-database.ts';
import type { TargetTable } from '../databases/target-table.ts';
import type { MigrationRecord, TargetRecord } from '../model/migrations/migration-record.ts';
import type { PlannedTarget } from '../model/plans/plan.ts';
import type { Conclusion } from '../model/runs/conclusion.ts';
import type { Leftover } from '../model/runs/leftover.ts';
import type { Runner } from '../model/runs/run-owner.ts';
import type { Reporter } from '../reporters/reporter.ts';
import type { Steering } from './steering/steering.ts';
import type { Transcoder } from './transcoding/transcoder.ts';
import type { UndoKeeper } from './undo-keeper.ts';

/** One run of a migration: everything a pass needs, fixed for as long as the run lasts. */
export interface MigrationRun {
  readonly database: TargetDatabase;
  readonly migration: MigrationRecord;
  readonly targets: readonly RunningTarget[];
  /** Opens the targets anew, once columns of theirs have other names. */
  readonly bindTargets: () => Promise<readonly RunningTarget[]>;
  /** The run's lease in the ledger. */
  readonly workerId: number;
  /** The process that runs it. */
  readonly runner: Runner;
  readonly reporter: Reporter;
  readonly steering: Steering;
  readonly knobs: RunKnobs;
  /** What this run was told to do in the end; where others work on the migration, too, whoever was told most concludes it. */
  readonly conclusion: Conclusion;
  readonly proofs: RunProofs;
}

/** One table of the run. */
export interface RunningTarget {
  readonly id: number;
  readonly record: TargetRecord;
  readonly planned: PlannedTarget;
  readonly table: TargetTable;
  readonly transcoder: Transcoder;
  readonly undo: UndoKeeper;
}

/** How a run behaves, for as long as it lasts. */
export interface RunKnobs {
  /** `yield` leaves room for other writers; `hurry` assumes that there are none. */
  readonly courtesy: 'yield' | 'hurry';
  /** Most cells that may stand in quarantine for the migration to succeed. */
  readonly maximumQuarantine: number;
  /** How plaintext columns end whose values have moved to another column. */
  readonly contract: Conclusion['contract'];
}

/**
 * How a run proves that nothing is left: sweeps of the targets, and a census of everything outside the plan.
 * `none` for a rehearsal, whose database never changes.
 */
export type RunProofs = 'none' | Proofs;

interface Proofs {
  readonly takeCensus: () => Promise<readonly Leftover[] | 'stopped'>;
  /**
   * What comes once all is proved, in the transaction in which the migration succeeds: nobody can take the run over
   * meanwhile. It may be done more than once.
   */
  readonly conclude: () => Promise<void>;
}

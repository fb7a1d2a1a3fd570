import type { TargetDatabase } from '../../databases/target-database.ts';
import type { MigrationRecord } from '../../model/migrations/migration-record.ts';
import type { Reporter } from '../../reporters/reporter.ts';
import type { Throttle } from '../../throttles/throttle.ts';

/** The run that is steered. */
export interface SteeredRun {
  readonly database: TargetDatabase;
  readonly migration: MigrationRecord;
  readonly workerId: number;
  readonly actor: string;
  readonly reporter: Reporter;
  /** All signals that can slow the run down, as one. */
  readonly throttle: Throttle;
  /** Aborted by a signal of the operating system. */
  readonly interrupted: AbortSignal;
  /** A clock that never goes back, in milliseconds. */
  readonly elapsed: () => number;
}

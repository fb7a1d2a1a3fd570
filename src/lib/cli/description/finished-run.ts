import type { RunIntent } from '../../engine/runs/choose-migration.ts';
import type { DatabaseLocation } from '../../model/databases/database-location.ts';
import type { MigrationReport } from '../../session/run/migration-report.ts';

/** A run's report with what the command knows besides. */
export interface FinishedRun {
  readonly report: MigrationReport;
  readonly location: DatabaseLocation;
  readonly intent: RunIntent;
  readonly afterRehearsal?: string;
  readonly mode: 'real' | 'rehearsed';
  readonly maximumQuarantine: number;
  readonly planMilliseconds: number;
  readonly warnings: readonly string[];
}

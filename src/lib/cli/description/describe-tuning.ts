import type { DatabaseLocation } from '../../model/databases/database-location.ts';
import type { MigrationStatus } from '../../session/inspection/read-status.ts';
import type { TuneResult } from '../results/tune-result.ts';
import { describeStatus } from './describe-status.ts';
import { nextCommand } from './next-command.ts';

/** The limits of a migration after they were turned, as they are printed. */
export function describeTuning(status: MigrationStatus, location: DatabaseLocation): TuneResult {
  const { migration, database, limits, heldBy } = describeStatus(status, location);
  const next = heldBy === null ? ['execute', 'status'] : ['status --watch'];
  return { migration, database, limits, heldBy, next: next.map((command) => nextCommand(command, location)) };
}

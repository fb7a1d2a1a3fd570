import type { MigrationEvent } from '../model/migrations/migration-event.ts';

/** Shows a run to somebody. Must never throw: a broken pipe is no reason to stop a migration. */
export interface Reporter {
  report(event: MigrationEvent): void;
  /** Leaves the terminal as it was found. */
  close(): void;
}

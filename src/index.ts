/** keyturn as a library: what the commands themselves are built on. Re-exports only. */
export { exitCodes, type ExitReason } from './lib/model/exit-codes.ts';
export { KeyturnError } from './lib/model/keyturn-error.ts';
export type { MigrationEvent } from './lib/model/migrations/migration-event.ts';
export type { MigrationRecord } from './lib/model/migrations/migration-record.ts';
export type { Plan } from './lib/model/plans/plan.ts';
export type { Reporter } from './lib/reporters/reporter.ts';
export type { MigrationReport } from './lib/session/run/migration-report.ts';
export type { DatabaseLocation } from './lib/model/databases/database-location.ts';
export { withReadOnlyDatabase } from './lib/session/database/open-database.ts';
export { loadRotationKeys, type RotationOptions } from './lib/session/preparation/plan-rotation.ts';
export { prepareRotation, type PreparedRotation } from './lib/session/preparation/prepare-rotation.ts';
export { readStatus, type MigrationStatus } from './lib/session/inspection/read-status.ts';
export type { MigrationRequest } from './lib/session/run/migration-request.ts';
export { rehearseMigration, runMigration } from './lib/session/run/run-migration.ts';
export { verifyDatabase, type Verification } from './lib/session/inspection/verify-database.ts';

import type { TargetDatabase } from '../../databases/target-database.ts';
import { lives } from '../../engine/runs/living-runs.ts';
import type { CellCounts } from '../../model/cells/cell-counts.ts';
import type { IssueGroup } from '../../model/cells/cell-issue.ts';
import type { MigrationRecord, Pace } from '../../model/migrations/migration-record.ts';
import type { MigrationState } from '../../model/migrations/migration-state.ts';
import { isUnfinished } from '../../model/migrations/migration-state.ts';
import type { PlaintextWriter } from '../../model/runs/plaintext-writer.ts';
import type { RunLease } from '../../model/runs/run-owner.ts';
import { readPlaintextWriters } from '../database/plaintext-writers.ts';
import { currentRunner } from '../database/run-owner.ts';
import { readCopies, reportTargets, totalOf } from '../run/migration-report.ts';
import { readIndexStates, type MigrationIndex } from './index-states.ts';
import { readGuards, type GuardStatus } from './read-guards.ts';

/** Where a migration stands, from the ledger and the schema alone. */
export interface MigrationStatus {
  /** Canonical path; the plan names where the file was when it was made. */
  readonly database: string;
  readonly migration: MigrationRecord;
  /** `interrupted`: it says that it runs, but no living process holds its lease. */
  readonly state: MigrationState | 'interrupted';
  /** The run that holds the lease, if one lives; of several that share it, the first. */
  readonly lease: RunLease | null;
  /** All of them, with the rows each has walked. */
  readonly runs: readonly LivingRun[];
  readonly targets: readonly TargetStatus[];
  readonly cells: CellCounts;
  readonly pace: Pace;
  readonly issues: readonly IssueGroup[];
  /** Old cells that the database keeps for a rollback, of all migrations. */
  readonly keptCells: number;
  /** Materialized views that were filled from the columns of the migration, before it or since, by their names in SQL. */
  readonly copies: readonly string[];
  readonly guards: readonly GuardStatus[];
  readonly indexes: readonly MigrationIndex[];
  /** Who has written plaintext beside its cells that no run has taken over yet. */
  readonly plaintextWriters: readonly PlaintextWriter[];
}

/** A run that lives. */
interface LivingRun {
  readonly lease: RunLease;
  readonly rows: number;
}

/** How far one target is in its current pass. */
interface TargetStatus {
  readonly table: string;
  readonly pass: number;
  readonly passState: 'walking' | 'done';
  readonly rowsDone: number;
  readonly rowsEstimated: number;
}

/** Reads a migration's status. */
export async function readStatus(
  database: TargetDatabase,
  migration: MigrationRecord,
): Promise<MigrationStatus> {
  const { ledger, identity } = database;
  const leases = await ledger.listLeases();
  const runner = currentRunner();
  const living = leases.filter((one) => one.migrationId === migration.id && lives(one, runner));
  const lease = living[0] ?? null;
  const shares = await ledger.readShares(living.map(({ workerId }) => workerId));
  const progress = await ledger.readProgress(migration.id);
  const saysRunning = ['running', 'verifying', 'finalizing'].includes(migration.state);
  return {
    database: identity.location,
    migration,
    state: saysRunning && lease === null ? 'interrupted' : migration.state,
    lease,
    runs: living.map((one, index) => ({ lease: one, rows: shares[index] ?? 0 })),
    targets: migration.targets.map(({ id, table, pass, passState, estimatedRows }) => ({
      table,
      pass,
      passState,
      rowsDone: progress.find((entry) => entry.targetId === id && entry.pass === pass)?.rows ?? 0,
      rowsEstimated: estimatedRows,
    })),
    cells: totalOf(reportTargets(migration, progress)),
    pace: await ledger.readPace(migration.id),
    issues: await ledger.groupIssues(migration.id),
    keptCells: await ledger.countKeptCells(),
    copies: await readCopies(database, migration),
    guards: await readGuards(database),
    indexes: await readIndexStates(database, migration),
    plaintextWriters: isUnfinished(migration.state)
      ? await readPlaintextWriters(database, migration.plan)
      : [],
  };
}

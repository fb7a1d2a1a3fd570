import type { MigrationRun, RunningTarget } from '../migration-run.ts';
import { lives } from '../runs/living-runs.ts';

/** Sees what other runs of the same migration do, for those who watch this one. */
export interface JointProgress {
  /** Reports how far all runs together are, where others are at work; looks into the ledger unless it has just done so. */
  report(target: RunningTarget, pass: number): Promise<void>;
}

/** Between two looks, in milliseconds. */
const lookMilliseconds = 2000;

/** A database in a file has one run at a time: there is nothing to see. */
export function createJointProgress({ database, migration, runner, reporter }: MigrationRun): JointProgress {
  let lookedAt = performance.now();
  return {
    async report({ id, planned }, pass) {
      if (database.server === undefined || performance.now() - lookedAt < lookMilliseconds) return;
      lookedAt = performance.now();
      const leases = await database.ledger.listLeases();
      const runs = leases.filter((lease) => lives(lease, runner)).length;
      if (runs < 2) return;
      const progress = await database.ledger.readProgress(migration.id);
      const found = progress.find((entry) => entry.targetId === id && entry.pass === pass);
      const { table } = planned;
      reporter.report({ kind: 'others at work', table, pass, runs, doneRows: found?.rows ?? 0 });
    },
  };
}

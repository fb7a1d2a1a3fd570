import { resolve } from 'node:path';
import { backUpDatabase, dropPartialName } from '../../databases/sqlite/backup.ts';
import type { TargetDatabase } from '../../databases/target-database.ts';
import type { OpenedRun } from '../../engine/runs/open-run.ts';
import type { Steering } from '../../engine/steering/steering.ts';
import { reached } from '../../model/runs/step.ts';
import type { Reporter } from '../../reporters/reporter.ts';
import { currentRunner } from '../database/run-owner.ts';

/** Where the copy goes that is made before the first write; `beside` the database by default. */
export type BackupChoice =
  { readonly kind: 'none' } | { readonly kind: 'beside' } | { readonly kind: 'at'; readonly path: string };

/** What a backup depends on. */
interface BackupCircumstances {
  readonly backup: BackupChoice;
  readonly reporter: Reporter;
  readonly steering: Pick<Steering, 'stop'>;
}

/**
 * Copies the database before a migration's first write; a resumed migration keeps the copy it has. A PostgreSQL database
 * is copied by its own tools, or not at all.
 */
export async function backUpFirst(
  database: TargetDatabase,
  { migration }: OpenedRun,
  { backup, reporter, steering }: BackupCircumstances,
): Promise<void> {
  const hasBegun = migration.targets.some((target) => target.pass > 0);
  if (migration.backup !== null) dropPartialName(migration.backup);
  const { kind, location } = database.identity;
  if (kind === 'postgres' || steering.stop.aborted || backup.kind === 'none') return;
  if (hasBegun || migration.backup !== null) return;
  const destination =
    backup.kind === 'at' ? resolve(backup.path) : `${location}.keyturn-${migration.id}.backup`;
  const note = { migrationId: migration.id, path: destination, actor: currentRunner().actor };
  const started = performance.now();
  reporter.report({ kind: 'phase started', phase: 'backup' });
  await backUpDatabase({
    source: location,
    destination,
    note: () => database.transaction(({ ledger }) => ledger.noteBackup(note)),
  });
  reached('backup written');
  reporter.report({ kind: 'phase finished', phase: 'backup', milliseconds: performance.now() - started });
}

import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { backUpDatabase } from '../databases/sqlite/backup.ts';
import type { TargetDatabase } from '../databases/target-database.ts';
import type { OpenedRun } from '../engine/open-run.ts';
import { reached } from '../model/step.ts';
import type { Reporter } from '../reporters/reporter.ts';
import { currentRunner } from './run-owner.ts';

/** Where the copy goes that is made before the first write; `beside` the database by default. */
export type BackupChoice =
  { readonly kind: 'none' } | { readonly kind: 'beside' } | { readonly kind: 'at'; readonly path: string };

/** Copies the database before a migration's first write; a resumed migration keeps the copy it has. */
export async function backUpFirst(
  database: TargetDatabase,
  { migration }: OpenedRun,
  { backup, reporter }: { readonly backup: BackupChoice; readonly reporter: Reporter },
): Promise<void> {
  const hasBegun = migration.targets.some((target) => target.pass > 0);
  if (backup.kind === 'none' || hasBegun || migration.backup !== null) return;
  const { location } = database.identity;
  const own = `${location}.keyturn-${migration.id}.backup`;
  const path = backup.kind === 'at' ? resolve(backup.path) : own;
  const started = performance.now();
  reporter.report({ kind: 'phase started', phase: 'backup' });
  // A file of this migration's own name is complete, or it would not have the name: a kill came before the note.
  if (path !== own || !existsSync(own)) await backUpDatabase(location, path);
  await database.transaction(({ ledger }) =>
    ledger.noteBackup({ migrationId: migration.id, path, actor: currentRunner().actor }),
  );
  reached('backup written');
  reporter.report({ kind: 'phase finished', phase: 'backup', milliseconds: performance.now() - started });
}

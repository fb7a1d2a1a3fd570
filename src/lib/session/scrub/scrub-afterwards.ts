import type { TargetDatabase } from '../../databases/target-database.ts';
import type { OpenedRun } from '../../engine/runs/open-run.ts';
import type { MigrationKeys } from '../../keys/migration-keys.ts';
import type { SecretKey } from '../../keys/secret-key.ts';
import { KeyturnError } from '../../model/keyturn-error.ts';
import type { Reporter } from '../../reporters/reporter.ts';
import { currentRunner } from '../database/run-owner.ts';
import { refuseKeptCells, scrubUnderLease, type ScrubReport } from './scrub-database.ts';
import { openOldValues } from './search-remains.ts';

/** Whether a run is to be followed by a scrub: because it is asked to, or where the ledger says so. */
export type ScrubRequest = 'asked' | 'as recorded';

/** The outcome of a scrub after a run; one that was stopped by a signal, or failed, is still due. */
export type ScrubEnd =
  | { readonly kind: 'ended'; readonly report: ScrubReport }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'failed'; readonly error: KeyturnError };

/** How long the locks and snapshots of others are waited for, in milliseconds. */
export const scrubTimeoutMilliseconds = 30_000;

/** Who hears of a scrub, and who may stop it. */
export interface ScrubObservers {
  readonly reporter: Reporter;
  readonly stop: AbortSignal;
}

/** Records that a scrub is to follow, so that any run of the migration does it. */
export async function noteScrubRequest(
  database: TargetDatabase,
  opened: OpenedRun,
  request: ScrubRequest,
): Promise<OpenedRun> {
  const { migration } = opened;
  const isWanted = request === 'asked' || migration.plan.afterwards === 'scrub';
  if (!isWanted || migration.scrub !== 'none') return opened;
  const { actor } = currentRunner();
  await database.transaction(({ ledger }) => ledger.askForScrub({ migrationId: migration.id, actor }));
  return { ...opened, migration: { ...migration, scrub: 'asked' } };
}

/** Scrubs as the last step of a run that has succeeded, under its lease; `null` where none was requested. */
export async function scrubAfterwards(
  database: TargetDatabase,
  { migration: { id }, workerId }: OpenedRun,
  { keys, ...observers }: ScrubObservers & { readonly keys: MigrationKeys },
): Promise<ScrubEnd | null> {
  // Another run may have been told meanwhile.
  const migration = await database.ledger.findMigration(id);
  if (migration?.scrub !== 'asked') return null;
  return endOfScrub(observers.stop, async () => {
    await refuseKeptCells(database);
    const oldValues = await openOldValues(database, migration, () => Promise.resolve(sealingKey(keys)));
    const request = { ...observers, migration, oldValues, timeoutMilliseconds: scrubTimeoutMilliseconds };
    return scrubUnderLease(database, { ...request, backups: 'kept' }, workerId);
  });
}

/** The key of the cells of after, else of before. */
function sealingKey({ old, new: fresh }: MigrationKeys): SecretKey {
  const key = fresh ?? old;
  if (key === null) throw new Error('a migration without a key cannot be run');
  return key;
}

/** A scrub that is stopped, or fails, takes nothing back of the migration that it follows. */
export async function endOfScrub(stop: AbortSignal, work: () => Promise<ScrubReport>): Promise<ScrubEnd> {
  try {
    return { kind: 'ended', report: await work() };
  } catch (error) {
    if (stop.aborted && error === stop.reason) return { kind: 'stopped' };
    if (error instanceof KeyturnError) return { kind: 'failed', error };
    throw error;
  }
}

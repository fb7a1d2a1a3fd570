import type { TargetDatabase } from '../../databases/target-database.ts';
import { lives } from '../../engine/runs/living-runs.ts';
import { KeyturnError } from '../../model/keyturn-error.ts';
import type { MigrationRecord } from '../../model/migrations/migration-record.ts';
import { isUnfinished } from '../../model/migrations/migration-state.ts';
import type { Plan } from '../../model/plans/plan.ts';
import type { RunOwner } from '../../model/runs/run-owner.ts';
import { currentRunner } from './run-owner.ts';

/**
 * A recorded plan for the database it stands in now: a copied or moved file brings the ledger of its original along. A
 * scrub that was asked for later belongs to it, too.
 */
export function planOf({ plan, scrub }: MigrationRecord, { identity }: TargetDatabase): Plan {
  return { ...plan, database: identity, ...(scrub === 'asked' && { afterwards: 'scrub' }) };
}

/** The one migration that has neither succeeded nor been given up. */
export async function findUnfinished({ ledger }: TargetDatabase): Promise<MigrationRecord | undefined> {
  return (await ledger.listMigrations()).find((migration) => isUnfinished(migration.state));
}

/** The migration that has not finished, which may be named by its id. Exit 17 where there is none, or it has finished. */
export async function requireUnfinished(database: TargetDatabase, id?: string): Promise<MigrationRecord> {
  const migration = await (id === undefined ? findUnfinished(database) : requireMigration(database, id));
  if (migration && isUnfinished(migration.state)) return migration;
  const finished = migration
    ? `migration ${migration.id} is ${migration.state}`
    : 'no migration in this database is unfinished';
  const scrub = await findScrub(database);
  throw new KeyturnError({
    code: 'KT_NOTHING_TO_RESUME',
    reason: 'nothingFound',
    message: scrub
      ? `${finished}; process ${scrub.processId} on ${scrub.host} scrubs the database`
      : finished,
    hints: scrub
      ? [`on ${scrub.host}: kill -INT ${scrub.processId}   # stops the scrub; another one begins anew`]
      : ['keyturn status', 'keyturn plan --output plan.json'],
  });
}

/** Who has the lease although every migration has ended: what is left to do then is a scrub, which heeds no order. */
async function findScrub({ ledger }: TargetDatabase): Promise<RunOwner | undefined> {
  const runner = currentRunner();
  return (await ledger.listLeases()).find((lease) => lives(lease, runner))?.owner;
}

/** A migration by its id, or by the beginning of one; without an id the latest that fits. Exit 17 where there is none. */
export async function requireMigration(
  { ledger }: TargetDatabase,
  id: string | undefined,
  fits: (migration: MigrationRecord) => boolean = () => true,
): Promise<MigrationRecord> {
  const migrations = await ledger.listMigrations();
  const found =
    id === undefined
      ? migrations.filter(fits).slice(0, 1)
      : migrations.filter((one) => one.id.startsWith(id));
  const [migration, another] = found;
  if (migration && !another) return migration;
  throw new KeyturnError({
    code: 'KT_MIGRATION_NOT_FOUND',
    reason: 'nothingFound',
    message: notFound(id, found.length, migrations.length),
    hints: migrations.length > 0 ? ['keyturn status'] : ['keyturn plan'],
  });
}

function notFound(id: string | undefined, matches: number, recorded: number): string {
  if (recorded === 0) return 'no migration is recorded in this database';
  if (id === undefined) return 'no migration in this database fits';
  return matches === 0
    ? `there is no migration "${id}" in this database`
    : `"${id}" begins the ids of several migrations`;
}

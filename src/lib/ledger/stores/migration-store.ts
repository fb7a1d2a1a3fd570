import { sql, type Kysely, type Selectable } from 'kysely';
import { KeyturnError } from '../../model/keyturn-error.ts';
import type { MigrationRecord, TargetRecord } from '../../model/migrations/migration-record.ts';
import { isAllowed } from '../../model/migrations/migration-state.ts';
import type { Orders } from '../../model/migrations/orders.ts';
import { hashPlan } from '../../model/plans/plan-hash.ts';
import type { Plan } from '../../model/plans/plan.ts';
import { databaseNow } from '../clock.ts';
import { appendEvent } from '../events/event-chain.ts';
import type { BackupNote, ContractNote, MigrationOrigin, StateChange } from '../ledger-notes.ts';
import type { LedgerTables } from '../schema/tables.ts';
import { newMigrationId } from './migration-id.ts';
import { readLimits } from './order-store.ts';
import { readTimeOfOpenRuns } from './run-store.ts';

/** All migrations, latest first. */
export async function listMigrations(ledger: Kysely<LedgerTables>): Promise<readonly MigrationRecord[]> {
  const rows = await ledger.selectFrom('keyturn_migration').selectAll().orderBy('id', 'desc').execute();
  const migrations: MigrationRecord[] = [];
  // One after the other: a server's connection runs one statement at a time.
  for (const row of rows) migrations.push(await withTargets(ledger, row));
  return migrations;
}

/** One migration by its whole id; undefined where there is none. */
export async function findMigration(
  ledger: Kysely<LedgerTables>,
  id: string,
): Promise<MigrationRecord | undefined> {
  const row = await ledger
    .selectFrom('keyturn_migration')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst();
  return row && withTargets(ledger, row);
}

/** Records a new migration, which is `planned`, with a target for each table of its plan. */
export async function createMigration(
  ledger: Kysely<LedgerTables>,
  plan: Plan,
  origin: MigrationOrigin,
): Promise<MigrationRecord> {
  const latest = await ledger
    .selectFrom('keyturn_migration')
    .select(({ fn }) => fn.max('id').as('id'))
    .executeTakeFirst();
  const id = newMigrationId(latest?.id ?? undefined);
  await ledger
    .insertInto('keyturn_migration')
    .values({
      id,
      reverses_id: origin.reverses,
      plan: JSON.stringify(plan),
      plan_hash: hashPlan(plan),
      state: 'planned',
      epoch: 0,
      old_key_id: plan.oldKey?.id ?? null,
      new_key_id: plan.newKey?.id ?? null,
      created_at: databaseNow,
      running_ms: 0,
      undo: 'none',
    })
    .execute();
  for (const target of plan.targets) {
    await ledger
      .insertInto('keyturn_target')
      .values({
        migration_id: id,
        table_name: target.table,
        pass: 0,
        pass_state: 'done',
        estimated_rows: target.estimatedRows,
      })
      .execute();
  }
  await appendEvent(ledger, {
    migrationId: id,
    actor: origin.actor,
    type: 'migration planned',
    body: { plan_hash: hashPlan(plan), reverses: origin.reverses },
  });
  const record = await findMigration(ledger, id);
  if (!record) throw new Error(`migration "${id}" is not in the ledger that it was just written to`);
  return record;
}

/** Moves a migration along an arrow of the state table, if it still is where the caller believes. */
export async function changeState(ledger: Kysely<LedgerTables>, change: StateChange): Promise<void> {
  if (!isAllowed(change.from, change.to)) {
    throw new Error(`a migration cannot go from "${change.from}" to "${change.to}"`);
  }
  const finished = change.to === 'succeeded' || change.to === 'cancelled' || change.to === 'failed';
  const result = await ledger
    .updateTable('keyturn_migration')
    .set({
      state: change.to,
      epoch: sql`epoch + 1`,
      started_at: sql`coalesce(started_at, ${databaseNow})`,
      finished_at: finished ? databaseNow : null,
      failure_code: change.failure?.code ?? null,
      failure_text: change.failure?.message ?? null,
    })
    .where('id', '=', change.migrationId)
    .where('state', '=', change.from)
    .executeTakeFirst();
  if (result.numUpdatedRows !== 1n) throw movedByAnother(change);
  await appendEvent(ledger, {
    migrationId: change.migrationId,
    actor: change.actor,
    type: `migration ${change.to}`,
    body: { from: change.from, failure: change.failure?.code ?? null },
  });
}

/** Remembers the backup, once it is complete. */
export async function noteBackup(
  ledger: Kysely<LedgerTables>,
  { migrationId, path, actor }: BackupNote,
): Promise<void> {
  await ledger.updateTable('keyturn_migration').set({ backup: path }).where('id', '=', migrationId).execute();
  await appendEvent(ledger, { migrationId, actor, type: 'backup written', body: { path } });
}

/** Remembers that a finalize has closed the plaintext columns; see LedgerWriter. */
export async function noteContract(
  ledger: Kysely<LedgerTables>,
  { migrationId, contract, actor }: ContractNote,
): Promise<void> {
  await ledger.updateTable('keyturn_migration').set({ contract }).where('id', '=', migrationId).execute();
  await appendEvent(ledger, { migrationId, actor, type: 'plaintext closed', body: { contract } });
}

function movedByAnother(change: StateChange): KeyturnError {
  return new KeyturnError({
    code: 'KT_RUN_TAKEN_OVER',
    reason: 'locked',
    message: `migration ${change.migrationId} is no longer "${change.from}": another run moved it`,
    hints: ['keyturn status'],
  });
}

async function withTargets(
  ledger: Kysely<LedgerTables>,
  row: Selectable<LedgerTables['keyturn_migration']>,
): Promise<MigrationRecord> {
  const targets = await ledger
    .selectFrom('keyturn_target')
    .selectAll()
    .where('migration_id', '=', row.id)
    .orderBy('id')
    .execute();
  return {
    id: row.id,
    plan: asAltered(JSON.parse(row.plan) as Plan, targets),
    planHash: row.plan_hash,
    reverses: row.reverses_id,
    state: row.state,
    orders: ordersOf(row),
    createdAt: row.created_at,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    runningMilliseconds: row.running_ms + (await readTimeOfOpenRuns(ledger, row.id)),
    failure: row.failure_code === null ? null : { code: row.failure_code, message: row.failure_text ?? '' },
    backup: row.backup,
    // A ledger of version 1 has no such column until the next run upgrades it.
    undo: row.undo === 'keep' ? 'keep' : 'none',
    scrub: scrubOf(row),
    scrubbedAt: scrubTimeOf(row),
    contract: contractOf(row),
    targets: targets.map(readTarget),
  };
}

/** A ledger of version 1, which is read before a run upgrades it, knows no orders. */
function ordersOf(row: Partial<Selectable<LedgerTables['keyturn_migration']>>): Orders {
  return {
    desired: row.desired_state ?? 'running',
    by: row.desired_by ?? null,
    limits: readLimits(row.knobs),
  };
}

/** A ledger before version 8 knows of no scrub that is still to come. */
function scrubOf({
  scrub,
}: Partial<Selectable<LedgerTables['keyturn_migration']>>): MigrationRecord['scrub'] {
  return scrub ?? 'none';
}

/** A ledger before version 5 knows of no scrub. */
function scrubTimeOf({ scrubbed_at }: Partial<Selectable<LedgerTables['keyturn_migration']>>): number | null {
  return scrubbed_at ?? null;
}

/** A ledger before version 10 knows of no finalize that has begun. */
function contractOf({
  contract,
}: Partial<Selectable<LedgerTables['keyturn_migration']>>): MigrationRecord['contract'] {
  return contract ?? null;
}

function readTarget(row: Selectable<LedgerTables['keyturn_target']>): TargetRecord {
  return {
    id: row.id,
    table: row.table_name,
    pass: row.pass,
    passState: row.pass_state,
    frontier: row.frontier,
    layoutVersion: row.layout_version,
    // An older ledger has no such column until the next run upgrades it.
    shape: typeof row.fingerprint === 'string' ? 'altered' : 'as planned',
    estimatedRows: row.estimated_rows,
  };
}

/** The plan with what its tables are since a run has altered them: they are no longer what it was made for. */
function asAltered(plan: Plan, targets: readonly Selectable<LedgerTables['keyturn_target']>[]): Plan {
  const altered = plan.targets.map((target, index) => {
    // An older ledger has no such column until the next run upgrades it.
    const fingerprint = targets[index]?.fingerprint;
    return typeof fingerprint === 'string' ? { ...target, fingerprint } : target;
  });
  return { ...plan, targets: altered };
}

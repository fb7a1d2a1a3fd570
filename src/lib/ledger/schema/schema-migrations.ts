import { sql, type AlterTableBuilder, type Kysely, type SchemaModule } from 'kysely';
import type { LedgerTables } from './tables.ts';

/** One step of the ledger's own schema. Steps are only ever appended; a released one is never edited. */
export interface SchemaMigration {
  readonly version: number;
  apply(ledger: Kysely<LedgerTables>): Promise<void>;
}

/** All steps, in their order. */
export const schemaMigrations: readonly SchemaMigration[] = [
  { version: 1, apply: createTables },
  { version: 2, apply: addControl },
  { version: 3, apply: addUndo },
  { version: 4, apply: addGuards },
  { version: 5, apply: addSamples },
  { version: 6, apply: addPairs },
  { version: 7, apply: addIndexes },
  { version: 8, apply: addScrubRequest },
  { version: 9, apply: addMarkWriters },
  { version: 10, apply: addContract },
];

/** The version this build writes; a database with a newer one is refused. */
export const currentSchemaVersion = schemaMigrations.length;

async function createTables({ schema }: Kysely<LedgerTables>): Promise<void> {
  await createMigrationTables(schema);
  await createWorkTables(schema);
  await createRecordTables(schema);
}

async function createMigrationTables(schema: SchemaModule): Promise<void> {
  await schema
    .createTable('keyturn_meta')
    .addColumn('name', 'text', (column) => column.primaryKey())
    .addColumn('value', 'text', (column) => column.notNull())
    .execute();
  await schema
    .createTable('keyturn_migration')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('reverses_id', 'text', (column) => column.references('keyturn_migration.id'))
    .addColumn('plan', 'text', (column) => column.notNull())
    .addColumn('plan_hash', 'text', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('epoch', 'integer', (column) => column.notNull())
    .addColumn('old_key_id', 'text')
    .addColumn('new_key_id', 'text')
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('started_at', 'bigint')
    .addColumn('finished_at', 'bigint')
    .addColumn('running_ms', 'bigint', (column) => column.notNull())
    .addColumn('failure_code', 'text')
    .addColumn('failure_text', 'text')
    .addColumn('backup', 'text')
    .execute();
  await schema
    .createTable('keyturn_target')
    .addColumn('id', 'integer', (column) => column.primaryKey())
    .addColumn('migration_id', 'text', (column) => column.notNull().references('keyturn_migration.id'))
    .addColumn('table_name', 'text', (column) => column.notNull())
    .addColumn('pass', 'integer', (column) => column.notNull())
    .addColumn('pass_state', 'text', (column) => column.notNull())
    .addColumn('frontier', 'text')
    .addColumn('layout_version', 'text')
    .addColumn('estimated_rows', 'bigint', (column) => column.notNull())
    .execute();
}

async function createWorkTables(schema: SchemaModule): Promise<void> {
  await schema
    .createTable('keyturn_chunk')
    .addColumn('id', 'integer', (column) => column.primaryKey())
    .addColumn('target_id', 'integer', (column) => column.notNull().references('keyturn_target.id'))
    .addColumn('pass', 'integer', (column) => column.notNull())
    .addColumn('after_key', 'text')
    .addColumn('up_to_key', 'text', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('worker_id', 'integer', (column) => column.notNull())
    .addColumn('claim_token', 'integer', (column) => column.notNull())
    .addColumn('attempts', 'integer', (column) => column.notNull())
    .addColumn('rows', 'bigint', (column) => column.notNull().defaultTo(0))
    .addColumn('rewritten', 'bigint', (column) => column.notNull().defaultTo(0))
    .addColumn('already', 'bigint', (column) => column.notNull().defaultTo(0))
    .addColumn('null_cells', 'bigint', (column) => column.notNull().defaultTo(0))
    .addColumn('empty_cells', 'bigint', (column) => column.notNull().defaultTo(0))
    .addColumn('quarantined', 'bigint', (column) => column.notNull().defaultTo(0))
    .addColumn('left_cells', 'bigint', (column) => column.notNull().defaultTo(0))
    .addColumn('deferred', 'bigint', (column) => column.notNull().defaultTo(0))
    .addColumn('done_at', 'bigint')
    .execute();
  await schema
    .createIndex('keyturn_chunk_claimed')
    .on('keyturn_chunk')
    .columns(['target_id', 'pass'])
    .where(sql<boolean>`state = 'claimed'`)
    .execute();
}

async function createRecordTables(schema: SchemaModule): Promise<void> {
  await schema
    .createTable('keyturn_cell_issue')
    .addColumn('target_id', 'integer', (column) => column.notNull().references('keyturn_target.id'))
    .addColumn('row_key', 'text', (column) => column.notNull())
    .addColumn('column_name', 'text', (column) => column.notNull())
    .addColumn('reason', 'text', (column) => column.notNull())
    .addColumn('pass', 'integer', (column) => column.notNull())
    .addColumn('first_at', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('keyturn_cell_issue_key', ['target_id', 'row_key', 'column_name'])
    .execute();
  await schema
    .createTable('keyturn_worker')
    .addColumn('id', 'integer', (column) => column.primaryKey())
    .addColumn('migration_id', 'text', (column) => column.notNull().references('keyturn_migration.id'))
    .addColumn('owner', 'text', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('started_at', 'bigint', (column) => column.notNull())
    .addColumn('lease_until', 'bigint', (column) => column.notNull())
    .execute();
  await schema
    .createTable('keyturn_event')
    .addColumn('seq', 'integer', (column) => column.primaryKey())
    .addColumn('migration_id', 'text')
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('actor', 'text', (column) => column.notNull())
    .addColumn('type', 'text', (column) => column.notNull())
    .addColumn('body', 'text', (column) => column.notNull())
    .addColumn('previous_hash', 'text', (column) => column.notNull())
    .addColumn('hash', 'text', (column) => column.notNull())
    .execute();
}

/** What operators ask of a migration, and why its run goes slowly. */
async function addControl({ schema }: Kysely<LedgerTables>): Promise<void> {
  const addToMigration = (): AlterTableBuilder => schema.alterTable('keyturn_migration');
  await addToMigration()
    .addColumn('desired_state', 'text', (column) => column.notNull().defaultTo('running'))
    .execute();
  await addToMigration().addColumn('desired_by', 'text').execute();
  await addToMigration()
    .addColumn('knobs', 'text', (column) => column.notNull().defaultTo('{}'))
    .execute();
  await schema.alterTable('keyturn_worker').addColumn('throttle', 'text').execute();
}

async function addUndo({ schema }: Kysely<LedgerTables>): Promise<void> {
  await schema
    .alterTable('keyturn_migration')
    .addColumn('undo', 'text', (column) => column.notNull().defaultTo('none'))
    .execute();
  await schema
    .createTable('keyturn_undo')
    .addColumn('id', 'integer', (column) => column.primaryKey())
    .addColumn('target_id', 'integer', (column) => column.notNull().references('keyturn_target.id'))
    .addColumn('digest', 'blob', (column) => column.notNull())
    .addColumn('pair_digest', 'blob', (column) => column.notNull())
    // A blob column keeps text as text.
    .addColumn('cell', 'blob', (column) => column.notNull())
    .execute();
  await schema.createIndex('keyturn_undo_digest').on('keyturn_undo').column('digest').execute();
}

/** What the triggers of guards count; a row is named in them by its number. */
async function addGuards({ schema }: Kysely<LedgerTables>): Promise<void> {
  await schema
    .createTable('keyturn_guard')
    .addColumn('id', 'integer', (column) => column.primaryKey())
    .addColumn('table_name', 'text', (column) => column.notNull())
    .addColumn('column_name', 'text', (column) => column.notNull())
    .addColumn('mode', 'text', (column) => column.notNull())
    .addColumn('writes', 'bigint', (column) => column.notNull())
    .addColumn('unfit', 'bigint', (column) => column.notNull())
    .addColumn('last_write_at', 'bigint')
    .addColumn('installed_at', 'bigint', (column) => column.notNull())
    .execute();
}

/** What is known of old values, and when they were found to be gone. */
async function addSamples({ schema }: Kysely<LedgerTables>): Promise<void> {
  await schema.alterTable('keyturn_migration').addColumn('scrubbed_at', 'bigint').execute();
  await schema
    .createTable('keyturn_sample')
    .addColumn('target_id', 'integer', (column) => column.notNull().references('keyturn_target.id'))
    .addColumn('column_name', 'text', (column) => column.notNull())
    .addColumn('window_bytes', 'integer', (column) => column.notNull())
    .addColumn('sampled', 'integer', (column) => column.notNull())
    .addColumn('short', 'integer', (column) => column.notNull())
    .addColumn('repeated', 'integer', (column) => column.notNull())
    .addColumn('other', 'integer', (column) => column.notNull())
    .addColumn('fingerprints', 'blob', (column) => column.notNull())
    .addPrimaryKeyConstraint('keyturn_sample_key', ['target_id', 'column_name'])
    .execute();
}

/** Pairs of columns, and in which rows others have written which side last; triggers write the marks. */
async function addPairs({ schema }: Kysely<LedgerTables>): Promise<void> {
  await schema
    .createTable('keyturn_pair')
    .addColumn('id', 'integer', (column) => column.primaryKey())
    .addColumn('table_name', 'text', (column) => column.notNull())
    .addColumn('plaintext_column', 'text', (column) => column.notNull())
    .addColumn('cells_column', 'text', (column) => column.notNull())
    .addColumn('cells_origin', 'text', (column) => column.notNull())
    .addColumn('retired', 'text')
    .execute();
  await schema
    .createTable('keyturn_mark')
    .addColumn('pair_id', 'integer', (column) => column.notNull())
    .addColumn('row_key', 'text', (column) => column.notNull())
    .addColumn('side', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('keyturn_mark_key', ['pair_id', 'row_key'])
    .execute();
  await schema.alterTable('keyturn_target').addColumn('fingerprint', 'text').execute();
}

/** The columns of blind indexes, how they are made, and under which key: its name, never the key. */
async function addIndexes({ schema }: Kysely<LedgerTables>): Promise<void> {
  await schema
    .createTable('keyturn_index')
    .addColumn('id', 'integer', (column) => column.primaryKey())
    .addColumn('table_name', 'text', (column) => column.notNull())
    .addColumn('cells_column', 'text', (column) => column.notNull())
    .addColumn('index_column', 'text', (column) => column.notNull())
    .addColumn('column_type', 'text', (column) => column.notNull())
    .addColumn('normaliser', 'text', (column) => column.notNull())
    .addColumn('normaliser_version', 'integer', (column) => column.notNull())
    .addColumn('bits', 'integer', (column) => column.notNull())
    .addColumn('place_table', 'text', (column) => column.notNull())
    .addColumn('place_column', 'text', (column) => column.notNull())
    .addColumn('uniqueness', 'text', (column) => column.notNull())
    .addColumn('origin', 'text', (column) => column.notNull())
    .addColumn('key_id', 'text', (column) => column.notNull())
    .addColumn('key_check_value', 'text', (column) => column.notNull())
    .addColumn('key_reference', 'text')
    .addColumn('replaces', 'text')
    .execute();
}

/** Whether a scrub is to follow a migration, whichever run ends it. */
async function addScrubRequest({ schema }: Kysely<LedgerTables>): Promise<void> {
  await schema
    .alterTable('keyturn_migration')
    .addColumn('scrub', 'text', (column) => column.notNull().defaultTo('none'))
    .execute();
}

/** Who has written a mark, where the database tells: a trigger names the session. */
async function addMarkWriters({ schema }: Kysely<LedgerTables>): Promise<void> {
  await schema.alterTable('keyturn_mark').addColumn('writer', 'text').execute();
}

/** How plaintext columns end that a `finalize` has frozen, whichever run goes on with it. */
async function addContract({ schema }: Kysely<LedgerTables>): Promise<void> {
  await schema.alterTable('keyturn_migration').addColumn('contract', 'text').execute();
}

import type Database from 'better-sqlite3';
import type { PlannedTable } from './fleet.ts';
import { createMemory } from './memory.ts';
import { keys, type KeyName } from './tokens.ts';

/** A chunk, with what its target and migration say. */
export interface ChunkRow {
  readonly id: number;
  readonly targetId: number;
  readonly migrationId: string;
  readonly table: PlannedTable;
  readonly pass: number;
  readonly state: 'claimed' | 'done';
  readonly after: string | null;
  readonly upTo: string;
  readonly rewritten: number;
  /** 1: no range of keys, but what a second look at the quarantine changed the counts of its pass by. */
  readonly isCorrection: 0 | 1;
}

/** A table of a migration. */
export interface TargetRow {
  readonly id: number;
  readonly migrationId: string;
  readonly table: PlannedTable;
  readonly pass: number;
  readonly passState: 'walking' | 'done';
  /** The layout of the database under which the pass has given out its keys. */
  readonly layoutVersion: string | null;
}

export interface MigrationRow {
  readonly id: string;
  readonly state: string;
  readonly plan: string;
}

export interface WorkerRow {
  readonly id: number;
  readonly state: 'running' | 'released' | 'lost';
  readonly owner: string;
  readonly leaseUntil: number;
}

/** The ledger by SQL of its own, not by the code that writes it; empty before there is one. */
export interface LedgerView {
  chunks(): readonly ChunkRow[];
  targets(): readonly TargetRow[];
  /** Oldest first. */
  migrations(): readonly MigrationRow[];
  workers(): readonly WorkerRow[];
}

export function createLedgerView(database: Database.Database): LedgerView {
  const isInstalled = (): boolean =>
    database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'keyturn_event'").get() !== undefined;
  const memory = createMemory<readonly unknown[]>(database);
  const rows = (sql: string): readonly unknown[] =>
    memory.recall(sql, () => (isInstalled() ? database.prepare(sql).all() : []));
  return {
    chunks: () =>
      rows(`SELECT chunk.id, target_id AS targetId, migration_id AS migrationId, table_name AS "table", chunk.pass, state, after_key AS "after",
        up_to_key AS upTo, rewritten, after_key IS NULL AND rows = 0 AND chunk.id > (SELECT min(id) FROM keyturn_chunk
          AS other WHERE other.target_id = chunk.target_id AND other.pass = chunk.pass) AS isCorrection FROM keyturn_chunk AS chunk
        JOIN keyturn_target AS target ON target.id = chunk.target_id ORDER BY chunk.id`) as readonly ChunkRow[],
    targets: () =>
      rows(
        'SELECT id, migration_id AS migrationId, table_name AS "table", pass, pass_state AS passState, layout_version AS layoutVersion FROM keyturn_target',
      ) as readonly TargetRow[],
    migrations: () =>
      rows('SELECT id, state, plan FROM keyturn_migration ORDER BY id') as readonly MigrationRow[],
    workers: () =>
      rows(
        'SELECT id, state, owner, lease_until AS leaseUntil FROM keyturn_worker ORDER BY id',
      ) as readonly WorkerRow[],
  };
}

/** The key a migration goes from. */
export function oldKeyOf({ plan }: Pick<MigrationRow, 'plan'>): KeyName {
  const { oldKey } = JSON.parse(plan) as { readonly oldKey: { readonly id: string } };
  return oldKey.id === keys.first.id ? 'first' : 'second';
}

/** Tells whether a row is in a chunk. */
export function isWithin(rowKey: string, { after, upTo }: Pick<ChunkRow, 'after' | 'upTo'>): boolean {
  return (after === null || compareKeys(rowKey, after) > 0) && compareKeys(rowKey, upTo) <= 0;
}

/** Numbers by size; text keys stand as the hexadecimal of their bytes, which sorts like them. */
function compareKeys(one: string, other: string): number {
  if (!one.startsWith('t')) return Number(BigInt(one) - BigInt(other));
  return one < other ? -1 : Number(one > other);
}

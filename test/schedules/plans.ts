import type { TargetDatabase } from '../../src/lib/databases/target-database.ts';
import type { RunIntent } from '../../src/lib/engine/runs/choose-migration.ts';
import { isUnfinished } from '../../src/lib/model/migrations/migration-state.ts';
import type { Plan, PlannedKey } from '../../src/lib/model/plans/plan.ts';
import { invertPlan } from '../../src/lib/planning/invert-plan.ts';
import { plannedTables, type PlannedTable } from './fleet.ts';
import type { RunnerTask } from './scenario.ts';
import { keys, type KeyName } from './tokens.ts';

/** What an operator who has this in mind asks the engine for, as the ledger stands. */
export async function chooseIntent(
  database: TargetDatabase,
  { task, tables }: { readonly task: RunnerTask; readonly tables: readonly PlannedTable[] },
): Promise<RunIntent> {
  const migrations = await database.ledger.listMigrations();
  const unfinished = migrations.find(({ state }) => isUnfinished(state));
  const latest = migrations.find(({ reverses }) => reverses === null);
  if (task === 'resume' && unfinished) return { kind: 'resume', migrationId: unfinished.id };
  if (task !== 'roll back' || !latest) return { kind: 'start', plan: await planRotation(database, tables) };
  return unfinished?.reverses === latest.id
    ? { kind: 'resume', migrationId: unfinished.id }
    : { kind: 'reverse', migrationId: latest.id, plan: invertPlan(latest.plan) };
}

/** The rotation of all tables from the first key to the second. */
async function planRotation(database: TargetDatabase, tables: readonly PlannedTable[]): Promise<Plan> {
  const descriptions = await database.listTables();
  return {
    planVersion: 1,
    madeBy: 'a schedule',
    kind: 'rotate',
    database: database.identity,
    oldKey: plannedKey('first'),
    newKey: plannedKey('second'),
    targets: tables.map((table) => ({
      table,
      columns: plannedTables[table].map((name) => ({
        name,
        from: { kind: 'encrypted', format: 'fernet', keyId: keys.first.id },
        to: { kind: 'encrypted', format: 'fernet', keyId: keys.second.id },
        unrecognised: 'quarantine',
      })),
      fingerprint: descriptions.find((one) => one.table === table)?.fingerprint ?? '',
      estimatedRows: 1,
    })),
    excluded: [],
    obstacles: [],
    timestamps: 'keep',
    estimate: { rows: 1, cells: 1, bytes: 1, seconds: 1, backupBytes: 1, logBytes: 1, freeBytes: null },
  };
}

function plannedKey(name: KeyName): PlannedKey {
  return { reference: null, id: keys[name].id, checkValue: keys[name].checkValue };
}

/** The keys a plan goes from and to. */
export function keysOf({ oldKey }: Plan): { readonly old: KeyName; readonly new: KeyName } {
  return oldKey?.id === keys.first.id ? { old: 'first', new: 'second' } : { old: 'second', new: 'first' };
}

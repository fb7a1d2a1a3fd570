import type { TargetDatabase } from '../../databases/target-database.ts';
import { formatNamed } from '../../formats/format-named.ts';
import { isPair, type LoadedKeys } from '../../keys/load-key-pair.ts';
import { areBlank, type ColumnCensus } from '../../model/columns/column-census.ts';
import { renderColumnName } from '../../model/columns/column-name.ts';
import { KeyturnError } from '../../model/keyturn-error.ts';
import type { MigrationRecord } from '../../model/migrations/migration-record.ts';
import type { Plan } from '../../model/plans/plan.ts';
import { columnOfCells } from '../../model/plans/planned-pair.ts';
import { findBlankColumns, isMoreThanValues } from '../../planning/census/find-blank-columns.ts';
import { refuseForeignCells } from '../../planning/refusals/refuse-foreign-cells.ts';
import type { CensusCiphers } from '../../planning/rotation-ciphers.ts';
import { formatsOfPlan, rotationFormatsOf } from '../formats/choose-formats.ts';
import { bindRotation } from './plan-rotation.ts';

/**
 * Throws where a plan's keys do not open what stands in its columns (exit 12), before anything is written. Returns the columns,
 * every cell counted, where none of them holds a value, so that nothing is to do.
 */
export async function refuseOtherKeys(
  database: TargetDatabase,
  plan: Plan,
  { keys, hints }: { readonly keys: LoadedKeys; readonly hints: readonly string[] },
): Promise<readonly ColumnCensus[] | undefined> {
  const ciphers = bindStates(plan, keys);
  const sample = await refuseForeignCells(database, plan, { ciphers, hints });
  if (isMoreThanValues(plan) || !sample.every(({ cells }) => areBlank(cells))) return undefined;
  return findBlankColumns(database, plan, ciphers);
}

/** The same before a migration is taken back: where a later one has its cells, that one has to be taken back first. */
export async function refuseLaterKeys(
  database: TargetDatabase,
  plan: Plan,
  { keys, migration }: { readonly keys: LoadedKeys; readonly migration: MigrationRecord },
): Promise<void> {
  const later = laterThan(await database.ledger.listMigrations(), migration);
  const hints = hintsFor(plan, later);
  if (plan.kind === 'decrypt' && later?.plan.newKey === null) throw decryptedSince(later, hints);
  await refuseForeignCells(database, plan, { ciphers: bindStates(plan, keys), hints, later });
}

/** A run could but quarantine what is plaintext now. */
function decryptedSince({ id }: MigrationRecord, hints: readonly string[]): KeyturnError {
  return new KeyturnError({
    code: 'KT_ROLLBACK_IMPOSSIBLE',
    reason: 'rollbackImpossible',
    message: `the cells have been decrypted where they stand since, by migration ${id}`,
    hints,
  });
}

/** Plaintext, which needs no key, is judged by whether it looks like a cell. */
function bindStates(plan: Plan, keys: LoadedKeys): CensusCiphers {
  const rotation = rotationFormatsOf(plan);
  if (rotation && isPair(keys)) return bindRotation(rotation, keys);
  const { from, to } = formatsOfPlan(plan);
  const format = formatNamed(to ?? from ?? '');
  const key = (keys.new ?? keys.old)?.key;
  return { new: { format, cipher: key ? format.bind(key) : null }, old: { format, cipher: null } };
}

/** The latest migration since that took cells of the same columns to another key. */
function laterThan(
  migrations: readonly MigrationRecord[],
  { id, plan }: MigrationRecord,
): MigrationRecord | undefined {
  const columns = new Set(cellColumns(plan));
  const since = migrations.slice(
    0,
    migrations.findIndex((one) => one.id === id),
  );
  const latest = since.find(
    (one) => one.reverses !== id && cellColumns(one.plan).some((column) => columns.has(column)),
  );
  return latest?.plan.newKey?.checkValue === plan.newKey?.checkValue ? undefined : latest;
}

function cellColumns({ targets }: Plan): readonly string[] {
  return targets.flatMap(({ table, columns }) =>
    columns.map((column) => renderColumnName({ table, column: columnOfCells(column) })),
  );
}

function hintsFor(plan: Plan, later: MigrationRecord | undefined): readonly string[] {
  if (later === undefined)
    return ['keyturn status', 'take later migrations back first, the latest one of all: keyturn rollback'];
  const first = `keyturn rollback ${later.id}   # takes the later migration back first`;
  const { newKey } = later.plan;
  if (plan.kind !== 'decrypt' || newKey === null) return [first, 'keyturn status'];
  const columns = cellColumns(plan).map((column) => `--column ${column}`);
  const key = `--key ${newKey.reference ?? `REFERENCE_OF_${newKey.id}`}`;
  return [first, `keyturn decrypt ${key} ${columns.join(' ')}   # straight to plaintext`];
}

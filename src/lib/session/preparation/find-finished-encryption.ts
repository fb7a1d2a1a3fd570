import type { TargetDatabase } from '../../databases/target-database.ts';
import type { CensusCounts } from '../../model/columns/column-census.ts';
import { parseColumnName, renderColumnName } from '../../model/columns/column-name.ts';
import { KeyturnError } from '../../model/keyturn-error.ts';
import type { MigrationRecord } from '../../model/migrations/migration-record.ts';
import type { Plan, PlannedColumn } from '../../model/plans/plan.ts';
import { plannedPair } from '../../model/plans/planned-pair.ts';
import type { EncryptionRequest } from '../../planning/encryption/encryption-request.ts';
import { hasValues } from '../../planning/tables/has-values.ts';
import { planOf } from '../database/recorded-migrations.ts';
import { countUnder } from './count-plaintext.ts';

/** A column of plaintext that a finished migration has put into another one. */
interface FinishedColumn {
  /** As `--column` takes it. */
  readonly name: string;
  readonly table: string;
  readonly planned: PlannedColumn;
  readonly migration: MigrationRecord;
}

/** What an encryption has done already: its plan, and a sentence for each column. */
export interface FinishedEncryption {
  readonly plan: Plan;
  readonly warnings: readonly string[];
}

/**
 * Whether all columns that are to be encrypted went into others by earlier migrations, and their plaintext is gone: counted,
 * because a database can be restored, ledger and all. Throws where that holds for some of them, or where their cells
 * are under another key (exit 2).
 */
export async function findFinishedEncryption(
  database: TargetDatabase,
  request: EncryptionRequest,
): Promise<FinishedEncryption | undefined> {
  if (request.kind === 'decrypt') return undefined;
  const finished = await finishedAmong(database, request.columns);
  const [first] = finished;
  if (first === undefined) return undefined;
  const plan = planOfCells(database, finished);
  const counts = await countUnder(database, plan, request);
  if (counts.plaintext > 0 || (await isBack(database, finished))) return undefined;
  if (finished.length < request.columns.length) throw partlyFinished(finished);
  if (request.indexes.length > 0) throw indexedElsewhere(finished);
  refuseOtherKey(counts, request, first);
  return { plan, warnings: finished.map(sentence) };
}

/** Whether a column that was emptied or dropped has values again. */
async function isBack(database: TargetDatabase, finished: readonly FinishedColumn[]): Promise<boolean> {
  const tables = await database.listTables();
  for (const { table, planned } of finished) {
    const description = tables.find((one) => one.table === table);
    const isThere = description?.columns.some(({ name }) => name === planned.name) === true;
    if (isThere && (await hasValues(database, table, planned.name))) return true;
  }
  return false;
}

async function finishedAmong(
  { ledger }: TargetDatabase,
  columns: readonly string[],
): Promise<readonly FinishedColumn[]> {
  const succeeded = (await ledger.listMigrations()).filter(({ state }) => state === 'succeeded');
  return columns.flatMap((text) => {
    const name = parseColumnName(text);
    if (name?.column === undefined) return [];
    const [latest] = succeeded.flatMap((migration) => pairsOf(migration, renderColumnName(name)));
    return latest?.planned.to.kind === 'encrypted' ? [latest] : [];
  });
}

/** What a migration has done to one column of plaintext, whichever way it went. */
function pairsOf(migration: MigrationRecord, name: string): readonly FinishedColumn[] {
  return migration.plan.targets.flatMap(({ table, columns }) =>
    columns
      .filter((planned) => {
        const pair = plannedPair(table, planned);
        return (
          pair && renderColumnName({ table, column: pair.plaintext }).toLowerCase() === name.toLowerCase()
        );
      })
      .map((planned) => ({ name, table, planned, migration })),
  );
}

/** The columns of cells, as if each were to stay where it is. */
function planOfCells(database: TargetDatabase, finished: readonly FinishedColumn[]): Plan {
  const [first] = finished;
  if (first === undefined) throw new Error('no column has been encrypted');
  const plan = planOf(first.migration, database);
  const tables = Map.groupBy(finished, ({ table }) => table);
  return {
    ...plan,
    targets: [...tables].map(([table, columns]) => ({
      table,
      fingerprint: '',
      estimatedRows: 0,
      columns: columns.map(({ planned: { name, from, to, unrecognised, into } }) => ({
        name: into?.column ?? name,
        from,
        to,
        unrecognised,
      })),
    })),
  };
}

function sentence(finished: FinishedColumn): string {
  const { name, migration } = finished;
  return `${name} is encrypted already: migration ${migration.id} has put its values into ${cellsOf(finished)}`;
}

function cellsOf({ table, planned }: FinishedColumn): string {
  return renderColumnName({ table, column: planned.into?.column ?? planned.name });
}

/** Blind indexes are made over the column where the values are now. */
function indexedElsewhere(finished: readonly FinishedColumn[]): KeyturnError {
  const columns = finished.map((one) => `--column ${cellsOf(one)} --blind-index ${cellsOf(one)}:NORMALISER`);
  return new KeyturnError({
    code: 'KT_ALREADY_ENCRYPTED',
    reason: 'usage',
    message: finished.map(sentence).join('; '),
    hints: [`make the indexes over the cells, without --into: ${columns.join(' ')}`],
  });
}

function partlyFinished(finished: readonly FinishedColumn[]): KeyturnError {
  return new KeyturnError({
    code: 'KT_ALREADY_ENCRYPTED',
    reason: 'usage',
    message: finished.map(sentence).join('; '),
    hints: [`leave out ${finished.map(({ name }) => `--column ${name}`).join(' ')}`, 'keyturn status'],
  });
}

function refuseOtherKey(
  { new: under, unknown }: CensusCounts,
  { key }: EncryptionRequest,
  first: FinishedColumn,
): void {
  if (unknown === 0 || under > 0) return;
  throw new KeyturnError({
    code: 'KT_ALREADY_ENCRYPTED',
    reason: 'usage',
    message: `${sentence(first)}, and key ${key.id} opens none of them`,
    hints: ['keyturn verify --new-key REF', 'to give them another key: keyturn rotate'],
  });
}

import type { TargetDatabase } from '../../databases/target-database.ts';
import { formatNamed } from '../../formats/format-named.ts';
import type { LoadedKey } from '../../keys/load-key.ts';
import type { IndexRecord } from '../../model/columns/blind-index.ts';
import type { ColumnCensus } from '../../model/columns/column-census.ts';
import { renderColumnName } from '../../model/columns/column-name.ts';
import { KeyturnError } from '../../model/keyturn-error.ts';
import type { MigrationRecord } from '../../model/migrations/migration-record.ts';
import type { Plan } from '../../model/plans/plan.ts';
import type { Leftover } from '../../model/runs/leftover.ts';
import { censusOfColumns, presentTargetsOf, type CensusTarget } from '../../planning/census/census.ts';
import { findCellsUnder } from '../../planning/census/find-cells-under.ts';
import { listKnownIndexes } from '../../planning/indexes/known-indexes.ts';
import type { CensusCiphers } from '../../planning/rotation-ciphers.ts';
import { detectFormat, formatsOfPlan } from '../formats/choose-formats.ts';
import { isGuesswork } from '../formats/refuse-weak-format.ts';
import { loadIndexKeys } from '../keys/load-index-keys.ts';
import { loadVerificationKeys, type VerificationFormats } from '../keys/load-verification-keys.ts';
import type { KeyOverrides } from '../keys/recorded-keys.ts';
import { openCensusCounter, type CensusStates } from '../threads/census-counter.ts';
import { checkIndexes, type IndexCheck } from './check-indexes.ts';
import { encryptedColumns } from './encrypted-columns.ts';

/** What to verify, and with which keys. */
export interface VerifyRequest extends KeyOverrides {
  /** What cells under the old key look like; undefined: as recorded, else found out. */
  readonly format: string | undefined;
  /** What cells under the new key look like. */
  readonly toFormat: string | undefined;
}

/** What every cell of the encrypted columns is. */
export interface Verification {
  /** Canonical path. */
  readonly database: string;
  /** `null` where it was neither given nor can be read any more: its cells then count as unknown. */
  readonly oldKey: LoadedKey | null;
  /** `null` after a decryption: nothing is to open under any key. */
  readonly newKey: LoadedKey | null;
  readonly columns: readonly ColumnCensus[];
  /** Plaintext in columns that migrations have encrypted. */
  readonly plaintextLeft: number;
  /** Columns whose values have their cells in other columns, and that keep their plaintext until it is finalized. */
  readonly awaitingFinalize: readonly Pick<ColumnCensus, 'table' | 'column'>[];
  /** Old cells that the database keeps for a rollback. */
  readonly keptCells: number;
  /** How each blind index compares with its cells. */
  readonly indexes: readonly IndexCheck[];
  /** Indexes whose key is not loaded: they were not compared. */
  readonly uncheckedIndexes: readonly IndexRecord[];
  /** Indexes whose columns were dropped or renamed. */
  readonly goneIndexes: readonly IndexRecord[];
  /** Whether the latest migration has succeeded and no scrub has proved its old values gone. */
  readonly scrubDue: boolean;
}

/**
 * Counts every cell of the latest migration's columns, and of every other column that holds cells under one of
 * the keys. Reads only. Keys come from the flags, else from the latest migration. Exit 17 where there is nothing.
 */
export async function verifyDatabase(
  database: TargetDatabase,
  request: VerifyRequest,
): Promise<Verification> {
  const migrations = await database.ledger.listMigrations();
  const [latest] = migrations;
  const formats = await formatsToVerify(database, latest?.plan, request);
  const { old: oldKey, new: newKey } = await loadVerificationKeys(latest?.plan, formats, request);
  const ciphers = {
    new: { format: formats.new, cipher: newKey && formats.new.bind(newKey.key) },
    old: { format: formats.old, cipher: oldKey && formats.old.bind(oldKey.key) },
  };
  const targets = await findTargets(database, latest?.plan, ciphers);
  if (targets.length === 0) throw nothingEncrypted(newKey ?? oldKey);
  const columns = await countCells(database, targets, {
    formats: { old: formats.old.name, new: formats.new.name },
    keys: { old: oldKey?.key ?? null, new: newKey?.key ?? null },
    ciphers,
  });
  return {
    database: database.identity.location,
    oldKey,
    newKey,
    columns,
    plaintextLeft: countPlaintextIn(encryptedColumns(migrations), columns),
    awaitingFinalize: latest ? columnsAwaitingFinalize(latest) : [],
    keptCells: await database.ledger.countKeptCells(),
    ...(await verifyIndexes(database, request.indexKey, ciphers.new)),
    scrubDue: latest?.state === 'succeeded' && latest.scrubbedAt === null,
  };
}

/** The columns of a plan as far as they are there, and all others with cells under one of the keys. */
async function findTargets(
  database: TargetDatabase,
  plan: Plan | undefined,
  ciphers: CensusCiphers,
): Promise<readonly CensusTarget[]> {
  const targets = plan ? [...presentTargetsOf(plan, await database.listTables())] : [];
  for (const { format, cipher } of [ciphers.new, ciphers.old]) {
    if (!cipher || isGuesswork(format)) continue;
    targets.push(...(await findCellsUnder(database, targets, { format, cipher })).map(toTarget));
  }
  return mergeTables(targets);
}

/** Compares the blind indexes whose keys are loaded with their cells, and names the others. */
async function verifyIndexes(
  database: TargetDatabase,
  indexKey: string | undefined,
  { format, cipher }: CensusCiphers['new'],
): Promise<Pick<Verification, 'indexes' | 'goneIndexes' | 'uncheckedIndexes'>> {
  const { present, gone } = await listKnownIndexes(database);
  const known = await loadIndexKeys(present, indexKey);
  return {
    indexes: cipher ? await checkIndexes(database, known, { format, cipher }) : [],
    goneIndexes: gone,
    uncheckedIndexes: known.flatMap(({ record, key }) => (key === null || !cipher ? [record] : [])),
  };
}

function columnsAwaitingFinalize({ state, plan }: MigrationRecord): Verification['awaitingFinalize'] {
  if (state !== 'ready' && state !== 'finalizing') return [];
  return plan.targets.flatMap(({ table, columns }) =>
    columns.flatMap(({ name, into }) => (into === undefined ? [] : [{ table, column: name }])),
  );
}

async function countCells(
  database: TargetDatabase,
  targets: readonly CensusTarget[],
  states: CensusStates,
): Promise<readonly ColumnCensus[]> {
  const opened = openCensusCounter(states);
  try {
    return await censusOfColumns(database, targets, { ciphers: states.ciphers, counter: opened.counter });
  } finally {
    await opened.close();
  }
}

function countPlaintextIn(names: ReadonlySet<string>, columns: readonly ColumnCensus[]): number {
  const encrypted = columns.filter((column) => names.has(renderColumnName(column)));
  return encrypted.reduce((sum, { cells }) => sum + cells.plaintext, 0);
}

/** The formats of both states: as the operator names them, else as recorded, else as the cells look. */
async function formatsToVerify(
  database: TargetDatabase,
  plan: Plan | undefined,
  { format, toFormat }: VerifyRequest,
): Promise<VerificationFormats> {
  const recorded = plan && formatsOfPlan(plan);
  const from = format ?? recorded?.from ?? toFormat ?? recorded?.to ?? (await detectFormat(database));
  return { old: formatNamed(from), new: formatNamed(toFormat ?? recorded?.to ?? from) };
}

function toTarget({ table, column }: Leftover): CensusTarget {
  return { table, columns: [column] };
}

/** One target a table, so that each is read once. */
function mergeTables(targets: readonly CensusTarget[]): readonly CensusTarget[] {
  const tables = [...new Set(targets.map(({ table }) => table))];
  return tables.map((table) => ({
    table,
    columns: targets.filter((target) => target.table === table).flatMap(({ columns }) => columns),
  }));
}

function nothingEncrypted(loaded: LoadedKey | null): KeyturnError {
  return new KeyturnError({
    code: 'KT_NOTHING_FOUND',
    reason: 'nothingFound',
    message: `no cell of this database opens under key ${loaded?.key.id ?? ''}`,
    hints: ['keyturn plan'],
  });
}

import type { TargetDatabase } from '../../databases/target-database.ts';
import type { CellFormat } from '../../formats/cell-format.ts';
import { formatNamed } from '../../formats/format-named.ts';
import { parseKeyReference } from '../../keys/key-reference.ts';
import type { KeyRole } from '../../keys/key-role.ts';
import { loadKey, type LoadedKey } from '../../keys/load-key.ts';
import { whereIsNow } from '../../keys/publication/moved-key.ts';
import { recordedReference, unnamedKey } from '../../keys/recorded-reference.ts';
import type { IndexRecord } from '../../model/blind-index.ts';
import type { ColumnCensus } from '../../model/column-census.ts';
import { renderColumnName } from '../../model/column-name.ts';
import { KeyturnError } from '../../model/keyturn-error.ts';
import type { Leftover } from '../../model/leftover.ts';
import type { MigrationRecord } from '../../model/migration-record.ts';
import type { Plan } from '../../model/plan.ts';
import { censusOfColumns, presentTargetsOf, type CensusTarget } from '../../planning/census.ts';
import { listKnownIndexes } from '../../planning/encryption/known-indexes.ts';
import { findCellsUnder } from '../../planning/find-cells-under.ts';
import { detectFormat, formatsOfPlan } from '../formats/choose-formats.ts';
import { isGuesswork } from '../formats/refuse-weak-format.ts';
import { loadIndexKeys } from '../keys/load-index-keys.ts';
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
  /** Indexes whose key is not at hand: they were not compared. */
  readonly uncheckedIndexes: readonly IndexRecord[];
  /** Indexes whose columns somebody has dropped or renamed. */
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
  const newKey = await loadNewKey(latest?.plan, { ...request, format: formats.new });
  const found = await loadOldKey(latest?.plan, { ...request, format: formats.old });
  const isSame = newKey && found?.key.equals(newKey.key) && formats.old.name === formats.new.name;
  if (isSame && request.oldKey !== undefined) throw sameKey(newKey);
  // What was decrypted last was under this very key, and the ledger calls it the old one.
  const oldKey = isSame ? null : found;
  const ciphers = {
    new: { format: formats.new, cipher: newKey && formats.new.bind(newKey.key) },
    old: { format: formats.old, cipher: oldKey && formats.old.bind(oldKey.key) },
  };
  const targets = latest ? [...presentTargetsOf(latest.plan, await database.listTables())] : [];
  for (const { format, cipher } of [ciphers.new, ciphers.old]) {
    if (!cipher || isGuesswork(format)) continue;
    const search = { format, cipher };
    targets.push(...(await findCellsUnder(database, targets, search)).map(toTarget));
  }
  if (targets.length === 0) throw nothingEncrypted(newKey ?? oldKey);
  const columns = await countCells(database, mergeTables(targets), {
    formats: { old: formats.old.name, new: formats.new.name },
    keys: { old: oldKey?.key ?? null, new: newKey?.key ?? null },
    ciphers,
  });
  const plaintextLeft = countPlaintextIn(encryptedColumns(migrations), columns);
  const keptCells = await database.ledger.countKeptCells();
  const scrubDue = latest?.state === 'succeeded' && latest.scrubbedAt === null;
  const { present, gone } = await listKnownIndexes(database);
  const known = await loadIndexKeys(present, request.indexKey);
  const { cipher } = ciphers.new;
  return {
    database: database.identity.location,
    oldKey,
    newKey,
    columns,
    plaintextLeft,
    awaitingFinalize: latest ? columnsAwaitingFinalize(latest) : [],
    keptCells,
    indexes: cipher ? await checkIndexes(database, known, { format: formats.new, cipher }) : [],
    goneIndexes: gone,
    uncheckedIndexes: known.flatMap(({ record, key }) => (key === null || !cipher ? [record] : [])),
    scrubDue,
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

/** No cell would count as under the old key, and the verdict would always be that none is left. */
function sameKey({ key: { id } }: LoadedKey): KeyturnError {
  return new KeyturnError({
    code: 'KT_KEYS_EQUAL',
    reason: 'wrongKey',
    message: `the old key that was given is the one that the cells shall open under (${id}): both are the same key`,
    hints: ['keyturn verify   # with the keys of the latest migration', 'keyturn status'],
  });
}

/** The formats of both states: as the operator names them, else as recorded, else as the cells look. */
async function formatsToVerify(
  database: TargetDatabase,
  plan: Plan | undefined,
  { format, toFormat }: VerifyRequest,
): Promise<{ readonly old: CellFormat; readonly new: CellFormat }> {
  const recorded = plan && formatsOfPlan(plan);
  const from = format ?? recorded?.from ?? toFormat ?? recorded?.to ?? (await detectFormat(database));
  return { old: formatNamed(from), new: formatNamed(toFormat ?? recorded?.to ?? from) };
}

/** What loading one of the keys takes. */
type KeyWishes = KeyOverrides & { readonly format: CellFormat };

/** A recorded reference must still lead to the key it led to (exit 12): a key may have been replaced in its place. */
async function loadNewKey(
  plan: Plan | undefined,
  { newKey, otherwise, format }: KeyWishes,
): Promise<LoadedKey | null> {
  if (newKey === undefined && plan?.kind === 'decrypt') return null;
  const recorded = plan?.newKey;
  const reference = recorded ? recordedReference(recorded) : undefined;
  const given = newKey ?? (reference === undefined ? otherwise?.newKey : undefined);
  if (given !== undefined) return load(given, 'new', format);
  if (recorded && reference !== undefined) {
    const { checkValue } = recorded;
    const place = await whereIsNow({ reference, checkValue, role: 'new', format });
    const found = await load(place, 'new', format);
    if (found.key.checkValue === checkValue) return found;
    throw new KeyturnError({
      code: 'KT_WRONG_KEY',
      reason: 'wrongKey',
      message: `${found.reference.display} holds key ${found.key.id} now, but the cells were put under ${recorded.id}`,
      hints: ['name the key to verify with --new-key file:PATH', 'keyturn status'],
    });
  }
  if (recorded) throw unnamedKey('new', recorded);
  throw new KeyturnError({
    code: 'KT_KEY_MISSING',
    reason: 'wrongKey',
    message: 'which key the cells shall open under is not recorded in this database',
    hints: ['give it with --new-key file:PATH or --new-key env:NAME'],
  });
}

/** The old key is often gone by now, which is as it should be. */
async function loadOldKey(
  plan: Plan | undefined,
  { oldKey, otherwise, format }: KeyWishes,
): Promise<LoadedKey | null> {
  if (oldKey !== undefined) return load(oldKey, 'old', format);
  const recorded = plan?.oldKey;
  const reference = (recorded ? recordedReference(recorded) : undefined) ?? otherwise?.oldKey;
  if (reference === undefined) return null;
  const place = recorded ? await whereIsNow({ ...recorded, reference, role: 'old', format }) : reference;
  const found = await load(place, 'old', format).catch(() => null);
  const isExpected = !recorded || found?.key.checkValue === recorded.checkValue;
  return isExpected ? found : null;
}

function load(reference: string, role: KeyRole, format: CellFormat): Promise<LoadedKey> {
  return loadKey({ reference: parseKeyReference(reference, role), role, format });
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

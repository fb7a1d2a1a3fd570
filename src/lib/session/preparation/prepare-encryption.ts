import type { TargetDatabase } from '../../databases/target-database.ts';
import type { RunIntent } from '../../engine/open-run.ts';
import { formatNamed } from '../../formats/format-named.ts';
import { parseKeyReference } from '../../keys/key-reference.ts';
import { refuseSharedDescriptor, type LoadedKeys } from '../../keys/load-key-pair.ts';
import { loadKey, type LoadedKey } from '../../keys/load-key.ts';
import { indexesKept } from '../../model/batch-layout.ts';
import { findIndex } from '../../model/blind-index.ts';
import { closedCells, type CensusCounts } from '../../model/column-census.ts';
import { countedText } from '../../model/counted-text.ts';
import type { DatabaseLocation } from '../../model/database-location.ts';
import { KeyturnError } from '../../model/keyturn-error.ts';
import type { MigrationRecord } from '../../model/migration-record.ts';
import type { PlaintextEnd } from '../../model/plaintext-end.ts';
import type { Plan, PlannedKey } from '../../model/plan.ts';
import type { PlanOutcome } from '../../planning/build-plan.ts';
import { buildEncryptionPlan } from '../../planning/encryption/build-encryption-plan.ts';
import { refuseTakenColumns } from '../../planning/encryption/choose-destination.ts';
import type { EncryptionRequest } from '../../planning/encryption/encryption-request.ts';
import { fitsSchema, refitPairs } from '../../planning/refit-plan.ts';
import { refuseImpossiblePlan } from '../../planning/refusals/refuse-impossible-plan.ts';
import { displacedHints } from '../../planning/refusals/refuse-plan.ts';
import { withSealedNames } from '../database/known-places.ts';
import { withReadOnlyDatabase } from '../database/open-database.ts';
import { findUnfinished, planOf } from '../database/recorded-migrations.ts';
import { detectFormat } from '../formats/choose-formats.ts';
import { refuseUnbindable } from '../formats/refuse-unbindable.ts';
import { checkIndexes } from '../inspection/check-indexes.ts';
import { loadIndexKey, loadPlannedIndexKeys, refuseCellKey } from '../keys/load-index-keys.ts';
import { countUnder } from './count-plaintext.ts';
import { findFinishedEncryption } from './find-finished-encryption.ts';
import { indexesOfFields, parseFieldWish } from './parse-field-wish.ts';
import { parseIndexWish } from './parse-index-wish.ts';
import { refuseMovedValues } from './refuse-moved-values.ts';

/** What is wanted, as the flags name it. */
export interface EncryptionWishes extends Pick<
  EncryptionRequest,
  'kind' | 'madeBy' | 'columns' | 'empty' | 'assumedPlaintext' | 'into' | 'afterwards'
> {
  readonly key: string;
  /** What columns hold, as `--as` takes it. */
  readonly fieldTypes: readonly string[];
  /** The blind indexes, as `--blind-index` takes them, and where their key is. */
  readonly blindIndexes: readonly string[];
  readonly indexKey: string | undefined;
  /** Tables and columns that were renamed since their cells were sealed, as the flags name them. */
  readonly sealedAs?: readonly string[] | undefined;
  /** Undefined: for an encryption the usual one, for a decryption what the cells look like. */
  readonly format: string | undefined;
  /** What cells are bound to, where the format's name does not say it. */
  readonly bind?: 'row' | 'column' | 'none' | undefined;
}

/** What an encryption or a decryption comes down to; `keys` has the key on the side of the cells alone. */
export type PreparedEncryption = { readonly keys: LoadedKeys } & (
  | {
      readonly kind: 'resume';
      readonly plan: Plan;
      readonly intent: RunIntent;
      /** What a finalize that has begun does to plaintext columns; `null`: none has. */
      readonly begun: PlaintextEnd | null;
    }
  | {
      readonly kind: 'start';
      readonly outcome: PlanOutcome & { readonly kind: 'plan' };
      readonly intent: RunIntent;
    }
  | ({ readonly kind: 'already' } & Pick<PlanOutcome, 'plan' | 'warnings'>)
);

/** What new cells look like where nobody says. */
const usualFormat = 'tink-xaes';

/**
 * Finds out what an encryption or a decryption has to do: nothing, to go on with an unfinished one of the same kind,
 * key and columns, or a new plan. What the sample takes for finished is counted in full.
 */
export async function prepareEncryption(
  location: DatabaseLocation,
  wishes: EncryptionWishes,
): Promise<PreparedEncryption> {
  const { keys, request, indexKey } = await requestEncryption(location, wishes);
  const prepared = await withReadOnlyDatabase(location, async (database) => {
    return prepare(await withSealedNames(database, wishes.sealedAs), request, indexKey);
  });
  const plan = prepared.kind === 'start' ? prepared.outcome.plan : prepared.plan;
  return { ...prepared, keys: { ...keys, indexes: await loadPlannedIndexKeys(plan, indexKey) } };
}

/** Makes a plan for later: whatever is unfinished by now may be finished then. */
export async function planEncryption(
  location: DatabaseLocation,
  wishes: EncryptionWishes,
): Promise<{ readonly keys: LoadedKeys; readonly outcome: PlanOutcome }> {
  const { keys, request } = await requestEncryption(location, wishes);
  const outcome = await withReadOnlyDatabase(location, async (database): Promise<PlanOutcome> => {
    const named = await withSealedNames(database, wishes.sealedAs);
    const finished = await findFinishedEncryption(named, request);
    if (finished) {
      return { kind: 'already', keyId: request.key.id, ...finished, inspections: [], notes: [] } as const;
    }
    await refuseMovedValues(named, request);
    const planned = await buildEncryptionPlan(named, request);
    await refusePlan(named, planned.plan);
    return planned;
  });
  return { keys, outcome };
}

/** What is wanted, with the keys that it takes. */
interface RequestedEncryption {
  readonly keys: LoadedKeys;
  readonly request: EncryptionRequest;
  readonly indexKey: LoadedKey | undefined;
}

/** Loads the keys, and binds the format to that of the cells. */
async function requestEncryption(
  location: DatabaseLocation,
  { key: keyReference, format: formatName, bind, ...wishes }: EncryptionWishes,
): Promise<RequestedEncryption> {
  const fields = wishes.kind === 'encrypt' ? wishes.fieldTypes.map(parseFieldWish) : [];
  const indexes = [
    ...wishes.blindIndexes.map((text) => ({ ...parseIndexWish(text), origin: 'asked for' as const })),
    ...indexesOfFields(fields, wishes).map((text) => ({
      ...parseIndexWish(text),
      origin: 'of a field type' as const,
    })),
  ];
  const filter = { tables: [], columns: wishes.columns, exclude: [] };
  const format = formatNamed(
    wishes.kind === 'encrypt'
      ? withBinding(formatName ?? usualFormat, bind)
      : (formatName ?? (await withReadOnlyDatabase(location, (database) => detectFormat(database, filter)))),
  );
  if (wishes.kind === 'encrypt') refuseFormatLikePlaintext(format);
  const role = wishes.kind === 'encrypt' ? 'new' : 'old';
  const parsed = parseKeyReference(keyReference, role);
  if (wishes.indexKey !== undefined)
    refuseSharedDescriptor(parsed, parseKeyReference(wishes.indexKey, 'index'));
  const loaded = await loadKey({ reference: parsed, role, format });
  const indexKey = await loadIndexKeyFor(indexes, wishes.indexKey);
  if (indexKey) refuseCellKey(indexKey, [loaded]);
  return {
    indexKey,
    keys: wishes.kind === 'encrypt' ? { old: null, new: loaded } : { old: loaded, new: null },
    request: {
      ...wishes,
      format,
      fields,
      cipher: format.bind(loaded.key),
      key: plannedKey(loaded),
      indexes,
      indexKey: indexKey ? plannedKey(indexKey) : null,
    },
  };
}

/** The key of the indexes; undefined where none is asked for and none is given. */
async function loadIndexKeyFor(
  indexes: EncryptionRequest['indexes'],
  reference: string | undefined,
): Promise<LoadedKey | undefined> {
  if (reference !== undefined) return loadIndexKey(reference);
  if (indexes.length === 0) return undefined;
  throw new KeyturnError({
    code: 'KT_KEY_MISSING',
    reason: 'usage',
    message: 'a blind index needs a key of its own, and --index-key is missing',
    hints: ['keyturn keys generate --output index.key', 'add --index-key file:index.key'],
  });
}

function plannedKey({ key, reference }: LoadedKey): PlannedKey {
  return { reference: reference.stored ?? null, id: key.id, checkValue: key.checkValue };
}

/** Throws where a plan that is made anew cannot come to a good end. */
async function refusePlan(database: TargetDatabase, plan: Plan): Promise<void> {
  await refuseUnbindable(database, plan);
  await refuseImpossiblePlan(database, plan);
  await refuseTakenColumns(database, plan);
}

/** The name of a format with one more option. */
function withBinding(name: string, bind: EncryptionWishes['bind']): string {
  if (bind === undefined) return name;
  return `${name}${name.includes(':') ? ',' : ':'}bind=${bind}`;
}

type Prepared = PreparedEncryption extends infer Each
  ? Each extends { readonly keys: LoadedKeys }
    ? Omit<Each, 'keys'>
    : never
  : never;

async function prepare(
  database: TargetDatabase,
  request: EncryptionRequest,
  indexKey: LoadedKey | undefined,
): Promise<Prepared> {
  const finished = await findFinishedEncryption(database, request);
  if (finished) return { kind: 'already', ...finished };
  await refuseMovedValues(database, request);
  const outcome = await buildEncryptionPlan(database, request);
  await refuseUnbindable(database, outcome.plan);
  const unfinished = await findUnfinished(database);
  if (unfinished && isSame(unfinished, outcome.plan)) {
    const tables = await database.listTables();
    const plan = refitPairs(planOf(unfinished, database), tables);
    const intent = { kind: 'resume', migrationId: unfinished.id } as const;
    if (fitsSchema(plan, tables)) return { kind: 'resume', plan, intent, begun: unfinished.contract };
  }
  const { plan, inspections, notes, warnings } = outcome;
  if (outcome.kind === 'already') {
    const counts = await countUnder(database, plan, request);
    const left = request.kind === 'encrypt' ? counts.plaintext : counts.new;
    if (left === 0 && (await countStale(database, plan, { request, indexKey })) === 0) {
      refuseWrongKey(request, counts);
      return { kind: 'already', plan, warnings };
    }
  }
  await refusePlan(database, plan);
  return {
    kind: 'start',
    outcome: { kind: 'plan', plan, inspections, notes, warnings },
    intent: { kind: 'start', plan },
  };
}

/** Rows whose blind index is not that of what their cell holds, in the indexes that a plan keeps. */
async function countStale(
  database: TargetDatabase,
  plan: Plan,
  {
    request: { format, cipher },
    indexKey,
  }: { readonly request: EncryptionRequest; readonly indexKey: LoadedKey | undefined },
): Promise<number> {
  const keys = await loadPlannedIndexKeys(plan, indexKey);
  const known = await database.ledger.listIndexes();
  const indexes = plan.targets.flatMap(({ table, columns }) =>
    columns.flatMap(indexesKept).flatMap((index) => {
      const record = findIndex(known, table, index);
      const key = keys.find((one) => one.key.id === index.keyId)?.key ?? null;
      return record === undefined ? [] : [{ record, key }];
    }),
  );
  const checks = await checkIndexes(database, indexes, { format, cipher });
  return checks.reduce((sum, { stale }) => sum + stale, 0);
}

/** The same columns in the same states under the same key. */
function isSame({ plan }: MigrationRecord, wanted: Plan): boolean {
  const summary = ({ kind, oldKey, newKey, targets }: Plan): string =>
    JSON.stringify([
      kind,
      oldKey?.checkValue,
      newKey?.checkValue,
      targets.map(({ table, columns }) => [
        table,
        columns.map((column) => [column.name, column.into?.column, indexesKept(column)]),
      ]),
    ]);
  return summary(plan) === summary(wanted);
}

/** A cell must tell by its bytes that it is one: otherwise a second run could encrypt it again. */
function refuseFormatLikePlaintext({ name, detection, integrity }: EncryptionRequest['format']): void {
  if (detection === 'by content' && integrity === 'authenticated') return;
  throw new KeyturnError({
    code: 'KT_FORMAT_LIKE_PLAINTEXT',
    reason: 'usage',
    message: `${name} cells cannot be told from plaintext by their bytes, so that a value could be encrypted twice`,
    hints: [`use --format ${usualFormat}`],
  });
}

/** Nothing to decrypt, but cells that look encrypted: the key is another one (exit 12). */
function refuseWrongKey({ kind, key, columns, format }: EncryptionRequest, counts: CensusCounts): void {
  const closed = closedCells(counts);
  if (closed === 0 || (kind === 'encrypt' && counts.new > 0)) return;
  throw new KeyturnError({
    code: 'KT_WRONG_KEY',
    reason: 'wrongKey',
    message: `key ${key.id} opens no cell of ${columns.join(', ')}, where ${countedText(closed, 'cell looks', 'cells look')} encrypted`,
    hints: ['keyturn keys inspect REF', 'keyturn scan', ...(format.binding === 'none' ? [] : displacedHints)],
  });
}

import type { ColumnDescription, TableDescription } from '../../databases/table-description.ts';
import type { TargetDatabase } from '../../databases/target-database.ts';
import type { FieldPreset } from '../../detectors/field-presets.ts';
import { anyPlace } from '../../model/cells/cell-places.ts';
import type { PlainType } from '../../model/cells/plain-type.ts';
import {
  isCellValue,
  type CellClass,
  type CellValue,
  type StoredValue,
} from '../../model/cells/stored-value.ts';
import { encodePlaintexts } from '../../model/cells/typed-plaintexts.ts';
import { findIndex } from '../../model/columns/blind-index.ts';
import type { ColumnState, PlaintextState } from '../../model/columns/column-state.ts';
import { indexesKept } from '../../model/plans/batch-layout.ts';
import type { Plan, PlannedColumn, PlannedDestination, PlannedTarget } from '../../model/plans/plan.ts';
import type { PlanOutcome } from '../build-plan.ts';
import { estimatePlan } from '../estimates/estimate.ts';
import { listKnownIndexes } from '../indexes/known-indexes.ts';
import { createIndexPlanner, indexKeysOf, type IndexPlanner } from '../indexes/plan-indexes.ts';
import { refuseUnwritable } from '../inspection/judge-columns.ts';
import { selectColumns } from '../inspection/select-columns.ts';
import { readNotes } from '../read-notes.ts';
import { refuseLongCells } from '../refusals/refuse-long-cells.ts';
import { refuseOtherTypes } from '../refusals/refuse-other-types.ts';
import { refuseRefusedCells } from '../refusals/refuse-refused-cells.ts';
import { refuseRelations } from '../refusals/refuse-relations.ts';
import { triggerObstacles } from '../refusals/trigger-obstacles.ts';
import { plannedPlace } from '../tables/open-placed-table.ts';
import { chooseDestination, refuseUnmarkable } from './choose-destination.ts';
import type { EncryptionRequest } from './encryption-request.ts';
import { encryptionWarnings } from './encryption-warnings.ts';
import { inspectPlaintext, type PlaintextInspection } from './inspect-plaintext.ts';
import { logWarnings } from './log-warnings.ts';
import { nullWarnings } from './null-warnings.ts';
import { plaintextCipher } from './plaintext-cipher.ts';
import { presetsOf } from './requested-fields.ts';

/**
 * Plans to encrypt or decrypt some columns, in place or into others. Reads only. Throws where a name leads to no column or to one that
 * cannot be written (exit 2), or where the columns hold values of several types and the format keeps none (exit 2).
 */
export async function buildEncryptionPlan(
  database: TargetDatabase,
  request: EncryptionRequest,
): Promise<PlanOutcome> {
  await database.refuseUnreadableTexts?.();
  const tables = await database.listTables();
  const { present: known } = await listKnownIndexes(database);
  await refuseRelations(database, request.columns, tables);
  const selected = selectTables(request, tables);
  if (request.into !== undefined) for (const { table } of selected) await database.refuseKeylessRows?.(table);
  const inspections: PlaintextInspection[] = [];
  const presetOf = presetsOf(request.fields, tables);
  for (const table of selected)
    inspections.push(await inspectPlaintext(database, table, { ...request, presetOf }));
  const refused =
    request.kind === 'encrypt' && request.into === undefined
      ? await refuseUnfitCells(database, selected, request)
      : [];
  const plan = await assemble(database, request, inspections);
  const isIndexed = plan.targets.every(({ table, columns }) =>
    columns.flatMap(indexesKept).every((index) => findIndex(known, table, index) !== undefined),
  );
  const built = {
    plan,
    inspections: inspections.map(({ inspection }) => inspection),
    notes: await readNotes(database, plan),
    warnings: [
      ...encryptionWarnings(plan, inspections),
      ...refused,
      ...(await nullWarnings(database, plan)),
      ...(await logWarnings(database, plan)),
    ],
  };
  return plan.estimate.cells === 0 && request.into === undefined && isIndexed
    ? { kind: 'already', keyId: request.key.id, ...built }
    : { kind: 'plan', ...built };
}

/** Throws where the columns have no room for cells, or none can stand there; returns what is to be said of some. */
async function refuseUnfitCells(
  database: TargetDatabase,
  tables: readonly TableDescription[],
  request: EncryptionRequest,
): Promise<readonly string[]> {
  const seal = (values: readonly StoredValue[]): readonly CellValue[] => sealAll(values, request);
  await refuseLongCells(database, tables, { seal, otherwise: [intoAnother] });
  return refuseRefusedCells(database, tables, (value) => {
    const isKept = value === null || (isEmpty(value) && request.empty === 'keep');
    const isCell = isCellValue(value) && request.format.recognises(value);
    return isKept || isCell ? undefined : sealAll([value], request)[0];
  });
}

function isEmpty(value: StoredValue): boolean {
  return value === '' || (value instanceof Uint8Array && value.length === 0);
}

/** Bytes become a cell of bytes where the format has such. */
function cellClassFor(value: StoredValue, classes: readonly CellClass[]): CellClass {
  const alike = value instanceof Uint8Array ? 'blob' : 'text';
  return classes.includes(alike) ? alike : (classes[0] ?? alike);
}

/** What helps where a column has no room for cells. */
const intoAnother = "or leave it as it is, and put the cells into another one: --into '{column}_encrypted'";

function sealAll(
  values: readonly StoredValue[],
  { cipher, format: { classes } }: EncryptionRequest,
): readonly CellValue[] {
  const plaintexts = values.filter((value) => value !== null);
  return cipher.sealBatch(
    encodePlaintexts(plaintexts),
    plaintexts.map((value) => cellClassFor(value, classes)),
    anyPlace(plaintexts.length),
  );
}

/** The tables with those of their columns that are named. */
function selectTables(
  { columns, into }: EncryptionRequest,
  tables: readonly TableDescription[],
): readonly TableDescription[] {
  const selection = selectColumns({ tables: [], columns, exclude: [] }, tables);
  return tables.flatMap((table) => {
    const named = table.columns.filter(({ name }) => selection(table.table, name) === 'named');
    for (const column of named) {
      if (into === undefined && column.kind === 'document') refuseOtherTypes(table.table, column);
      if (column.kind !== 'document') refuseUnwritable(table.table, column);
      if (into === undefined) refuseOtherTypes(table.table, column);
      else refuseUnmarkable(table);
    }
    return named.length === 0 ? [] : [{ ...table, columns: named }];
  });
}

async function assemble(
  database: TargetDatabase,
  request: EncryptionRequest,
  inspections: readonly PlaintextInspection[],
): Promise<Plan> {
  const sides = { plaintext: plaintextCipher, cells: request.cipher };
  const [before, after] =
    request.kind === 'encrypt' ? [sides.plaintext, sides.cells] : [sides.cells, sides.plaintext];
  const { format } = request;
  const measured = { old: { format, cipher: before }, new: { format, cipher: after } };
  const targets = await planTargets(database, request, inspections);
  return {
    planVersion: 1,
    madeBy: request.madeBy,
    kind: request.kind,
    database: database.identity,
    oldKey: request.kind === 'encrypt' ? null : request.key,
    newKey: request.kind === 'encrypt' ? request.key : null,
    ...(await indexKeysOf(database, targets, request.indexKey)),
    targets,
    excluded: [],
    obstacles: inspections.flatMap(({ inspection: { description } }) =>
      triggerObstacles(description, writtenColumns(description, request)),
    ),
    timestamps: 'keep',
    ...(request.afterwards && { afterwards: request.afterwards }),
    estimate: await estimatePlan(database, {
      tables: inspections.map(({ forEstimate }) => forEstimate),
      targets,
      ciphers: measured,
    }),
  };
}

/** The tables with the change of each column. */
async function planTargets(
  database: TargetDatabase,
  request: EncryptionRequest,
  inspections: readonly PlaintextInspection[],
): Promise<readonly PlannedTarget[]> {
  const assumed = selectColumns(
    { tables: [], columns: request.assumedPlaintext, exclude: [] },
    await database.listTables(),
  );
  const indexesOf = await planIndexesOf(database, request);
  const presetOf = presetsOf(request.fields, await database.listTables());
  return inspections.map(({ inspection: { description, rows }, types }) => ({
    table: description.table,
    columns: description.columns.map((column, index) => {
      const lookalikes =
        request.assumedPlaintext.length > 0 && assumed(description.table, column.name) === 'named'
          ? ('encrypt' as const)
          : ('quarantine' as const);
      const type = types[index] ?? 'text';
      const plaintext = { kind: 'plaintext', type, empty: request.empty, lookalikes } as const;
      const into = destinationOf(description, column, { request, type, database });
      // The place of a column is where its cells stand.
      const { place } = column;
      const cells = into
        ? { name: into.column, place: { table: place.table, column: into.column } }
        : { name: column.name, place };
      const named = { name: column.name, ...plannedPlace(description.table, cells) };
      const indexes = indexesOf({ table: description.table, rows }, column);
      return {
        ...planColumn(named, request, plaintext),
        ...fieldTypeOf(presetOf(description.table, column.name)),
        ...(into && { into }),
        ...(indexes.length > 0 && { indexes }),
      };
    }),
    fingerprint: description.fingerprint,
    estimatedRows: rows,
  }));
}

function fieldTypeOf(preset: FieldPreset | undefined): Pick<PlannedColumn, 'fieldType'> {
  return preset === undefined ? {} : { fieldType: preset.fieldType };
}

/** An encryption keeps indexes; a decryption takes them away. */
async function planIndexesOf(database: TargetDatabase, request: EncryptionRequest): Promise<IndexPlanner> {
  if (request.kind === 'decrypt') return () => [];
  return createIndexPlanner(database, request.columns, {
    requested: request.indexes,
    key: request.indexKey,
    cellsOf: (table, { name }) =>
      request.into?.replaceAll('{column}', name).replaceAll('{table}', table) ?? name,
  });
}

function planColumn(
  named: Pick<PlannedColumn, 'name' | 'place'>,
  { kind, format, key }: EncryptionRequest,
  plaintext: PlaintextState,
): PlannedColumn {
  const cells: ColumnState = { kind: 'encrypted', format: format.name, keyId: key.id };
  const [from, to] = kind === 'encrypt' ? [plaintext, cells] : [cells, plaintext];
  return { ...named, from, to, unrecognised: 'quarantine' };
}

function destinationOf(
  { table }: TableDescription,
  column: ColumnDescription,
  {
    request,
    type,
    database,
  }: { readonly request: EncryptionRequest; readonly type: PlainType; readonly database: TargetDatabase },
): PlannedDestination | undefined {
  const { into: pattern, format } = request;
  if (pattern === undefined) return undefined;
  return chooseDestination(table, column, { pattern, format, plain: type, database: database.identity.kind });
}

/** The columns whose update may fire triggers: also those that are emptied at the end. */
function writtenColumns(
  { table, columns }: TableDescription,
  { into }: EncryptionRequest,
): readonly string[] {
  const names = columns.map(({ name }) => name);
  const destinations = names.map((name) => into?.replaceAll('{column}', name).replaceAll('{table}', table));
  return [...names, ...destinations.filter((name) => name !== undefined)];
}

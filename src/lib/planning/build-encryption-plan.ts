import type { TableDescription, TargetDatabase } from '../databases/target-database.ts';
import type { CellCipher, CellFormat } from '../formats/cell-format.ts';
import { anyPlace } from '../model/cell-places.ts';
import type { ColumnState, PlaintextState } from '../model/column-state.ts';
import type { Plan, PlannedColumn, PlannedKey } from '../model/plan.ts';
import type { CellValue, StoredValue } from '../model/stored-value.ts';
import { encodePlaintexts } from '../model/typed-plaintexts.ts';
import type { PlanOutcome } from './build-plan.ts';
import { encryptionWarnings } from './encryption-warnings.ts';
import { estimatePlan } from './estimate.ts';
import { plannedPlace } from './open-placed-table.ts';
import { inspectPlaintext, type PlaintextInspection } from './inspect-plaintext.ts';
import { refuseUnwritable } from './judge-columns.ts';
import { readNotes } from './read-notes.ts';
import { refuseLongCells } from './refuse-long-cells.ts';
import { refuseOtherTypes } from './refuse-other-types.ts';
import { logWarnings } from './log-warnings.ts';
import { plaintextCipher } from './plaintext-cipher.ts';
import { selectColumns } from './select-columns.ts';
import { triggerObstacles } from './trigger-obstacles.ts';

/** What is wanted of an encryption, or of a decryption. */
export interface EncryptionRequest {
  readonly kind: 'encrypt' | 'decrypt';
  /** Version of keyturn that makes the plan. */
  readonly madeBy: string;
  readonly key: PlannedKey;
  readonly format: CellFormat;
  readonly cipher: CellCipher;
  /** The columns by name, as `--column` takes them; at least one. */
  readonly columns: readonly string[];
  readonly empty: PlaintextState['empty'];
  /** Those of the columns whose values are all plaintext, whatever they look like. */
  readonly assumedPlaintext: readonly string[];
}

/**
 * Plans to encrypt or decrypt some columns in place. Reads only. Throws where a name leads to no column or to one that
 * cannot be written (exit 2), or where the columns hold values of several types and the format keeps none (exit 2).
 */
export async function buildEncryptionPlan(
  database: TargetDatabase,
  request: EncryptionRequest,
): Promise<PlanOutcome> {
  const tables = await database.listTables();
  const selected = selectTables(request, tables);
  const inspections: PlaintextInspection[] = [];
  for (const table of selected) inspections.push(await inspectPlaintext(database, table, request));
  if (request.kind === 'encrypt') {
    await refuseLongCells(database, selected, (values) => sealAll(values, request));
  }
  const plan = await assemble(database, request, inspections);
  const built = {
    plan,
    inspections: inspections.map(({ inspection }) => inspection),
    notes: await readNotes(database, plan),
    warnings: [...encryptionWarnings(plan, inspections), ...(await logWarnings(database, plan))],
  };
  return plan.estimate.cells === 0
    ? { kind: 'already', keyId: request.key.id, ...built }
    : { kind: 'plan', ...built };
}

function sealAll(values: readonly StoredValue[], { cipher }: EncryptionRequest): readonly CellValue[] {
  const plaintexts = values.filter((value) => value !== null);
  return cipher.sealBatch(
    encodePlaintexts(plaintexts),
    plaintexts.map(() => 'text' as const),
    anyPlace(plaintexts.length),
  );
}

/** The tables with those of their columns that are named. */
function selectTables(
  { columns }: EncryptionRequest,
  tables: readonly TableDescription[],
): readonly TableDescription[] {
  const selection = selectColumns({ tables: [], columns, exclude: [] }, tables);
  return tables.flatMap((table) => {
    const named = table.columns.filter(({ name }) => selection(table.table, name) === 'named');
    for (const column of named) {
      refuseUnwritable(table.table, column);
      refuseOtherTypes(table.table, column);
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
  const assumed = selectColumns(
    { tables: [], columns: request.assumedPlaintext, exclude: [] },
    await database.listTables(),
  );
  return {
    planVersion: 1,
    madeBy: request.madeBy,
    kind: request.kind,
    database: database.identity,
    oldKey: request.kind === 'encrypt' ? null : request.key,
    newKey: request.kind === 'encrypt' ? request.key : null,
    targets: inspections.map(({ inspection: { description, rows }, types }) => ({
      table: description.table,
      columns: description.columns.map((column, index) => {
        const lookalikes =
          request.assumedPlaintext.length > 0 && assumed(description.table, column.name) === 'named'
            ? ('encrypt' as const)
            : ('quarantine' as const);
        const type = types[index] ?? 'text';
        const named = { name: column.name, ...plannedPlace(description.table, column) };
        return planColumn(named, request, { kind: 'plaintext', type, empty: request.empty, lookalikes });
      }),
      fingerprint: description.fingerprint,
      estimatedRows: rows,
    })),
    excluded: [],
    obstacles: inspections.flatMap(({ inspection: { description } }) =>
      triggerObstacles(
        description,
        description.columns.map(({ name }) => name),
      ),
    ),
    timestamps: 'keep',
    estimate: estimatePlan(
      inspections.map(({ forEstimate }) => forEstimate),
      measured,
      await database.diskSpace(),
    ),
  };
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

import type { TableDescription } from '../databases/table-description.ts';
import type { TargetDatabase } from '../databases/target-database.ts';
import type { CellFormat } from '../formats/cell-format.ts';
import { anyPlace } from '../model/cells/cell-places.ts';
import { cellClassOf, isCellValue, type CellValue } from '../model/cells/stored-value.ts';
import { areBlank, closedCells, type CensusCounts } from '../model/columns/column-census.ts';
import { renderColumnName } from '../model/columns/column-name.ts';
import type { FormatName, KeyId } from '../model/columns/column-state.ts';
import type { Plan, PlannedColumn, PlannedKey, PlannedTarget } from '../model/plans/plan.ts';
import type { TableNote } from '../model/schema/schema-note.ts';
import { findBlankColumns } from './census/find-blank-columns.ts';
import { estimatePlan, type EstimatedTable } from './estimates/estimate.ts';
import { withNextIndexes } from './indexes/plan-next-indexes.ts';
import { inspectColumns, type ColumnInspection, type TableInspection } from './inspection/inspect-columns.ts';
import { isMostlyPlaintext } from './inspection/is-mostly-plaintext.ts';
import { judgeColumns, type Judgement } from './inspection/judge-columns.ts';
import { markFollowers } from './inspection/mark-followers.ts';
import { selectColumns, type ColumnFilter, type ColumnSelection } from './inspection/select-columns.ts';
import { planWarnings } from './plan-warnings.ts';
import { readNotes } from './read-notes.ts';
import { refitTargets } from './refit-plan.ts';
import type { ForeignKeyObstacle } from './refusals/foreign-key-obstacle.ts';
import { refuseBlankColumns } from './refusals/refuse-blank-columns.ts';
import { refuseLongCells } from './refusals/refuse-long-cells.ts';
import { refuseNothing, refuseTextCells, refuseWrongKey } from './refusals/refuse-plan.ts';
import { refuseRelations } from './refusals/refuse-relations.ts';
import { triggerObstacles } from './refusals/trigger-obstacles.ts';
import type { RotationCiphers } from './rotation-ciphers.ts';
import { plannedPlace } from './tables/open-placed-table.ts';

/** What is wanted of a rotation. */
export interface PlanRequest {
  /** Version of keyturn that makes the plan. */
  readonly madeBy: string;
  readonly ciphers: RotationCiphers;
  readonly oldKey: PlannedKey;
  readonly newKey: PlannedKey;
  readonly filter: ColumnFilter;
  /**
   * What happens to values that are no cell of the format, in every planned column; undefined: they are left where a
   * column is mostly plaintext, and quarantined elsewhere.
   */
  readonly unrecognised: PlannedColumn['unrecognised'] | undefined;
  readonly timestamps: Plan['timestamps'];
  readonly afterwards?: Plan['afterwards'] | undefined;
  /** The key of new blind indexes in place of those that the columns have; without it these stay as they are. */
  readonly nextIndexKey?: PlannedKey | undefined;
  /**
   * A plan between the same keys whose place this one takes: what it says about its columns stays said, also where
   * the filter names others, so that whoever takes this plan back takes everything back.
   */
  readonly earlier?: Plan | undefined;
  readonly signal?: AbortSignal;
}

/** A plan and all that was seen on the way to it. */
interface BuiltPlan {
  readonly plan: Plan;
  /** Every table and column, also those without a cell. */
  readonly inspections: readonly TableInspection[];
  /** What else of the schema the run meets. */
  readonly notes: readonly TableNote[];
  /** Sentences for the operator; no values. */
  readonly warnings: readonly string[];
  /** For which a run would be refused, where that was asked; a plan that is to be run has none. */
  readonly foreignKeys?: readonly ForeignKeyObstacle[];
}

/**
 * `plan`: there is something to rewrite. `already`: in the sample nothing is left under the old key, and all
 * cells open under the new one; a suspicion that only an exhaustive census of the plan's columns and of all
 * others can confirm. The plan is right in both cases, also when the census finds what the sample did not.
 */
export type PlanOutcome =
  ({ readonly kind: 'plan' } & BuiltPlan) | ({ readonly kind: 'already'; readonly keyId: KeyId } & BuiltPlan);

/** How the cells of the planned columns stand. */
interface Standing {
  readonly old: number;
  readonly new: number;
  readonly unknown: number;
}

/**
 * Inspects the database and plans a rotation. Reads only. Throws where a filter names nothing (exit 2), neither
 * key fits (exit 12), or no column looks encrypted (exit 17).
 */
export async function buildPlan(database: TargetDatabase, request: PlanRequest): Promise<PlanOutcome> {
  await database.refuseUnreadableTexts?.();
  const tables = await database.listTables();
  await refuseRelations(database, [...request.filter.tables, ...request.filter.columns], tables);
  const selection = selectColumns(filterOf(request, tables), tables);
  const inspections = await inspectColumns(database, { tables, ...request });
  const judgement = markFollowers(judgeColumns(inspections, selection), await database.listForeignKeys());
  const standing = standingOf(judgement);
  refuseUnfit(inspections, judgement, {
    ...standing,
    format: request.ciphers.old.format,
    // The unfinished migration has opened cells with both keys: what they do not open is no matter of a wrong key.
    keys: request.earlier !== undefined && standing.new > 0 ? 'proven' : 'unproven',
  });
  refuseTextCells(judgement, request.ciphers.new.format);
  await refuseCellsThatGrow(database, judgement, request.ciphers);
  const isAsked = selectColumns(request.filter, tables);
  const plan = await assemble(database, { ...request, isAsked }, judgement);
  if (areAllBlank(judgement) && !isMoreThanCells(request))
    refuseBlankColumns(await findBlankColumns(database, plan, request.ciphers));
  const notes = await readNotes(database, plan);
  const built: BuiltPlan = { plan, inspections, notes, warnings: planWarnings(plan, judgement) };
  return standing.old === 0 && standing.new > 0
    ? { kind: 'already', keyId: request.newKey.id, ...built }
    : { kind: 'plan', ...built };
}

/** Tells whether the sample has met no value in any planned column: all of them were named. */
function areAllBlank({ planned }: Judgement): boolean {
  return planned.every(({ columns }) => columns.every(({ cells }) => areBlank(cells)));
}

/** An unfinished migration is brought to its end, and new indexes are made, whatever the columns hold. */
function isMoreThanCells({ earlier, nextIndexKey }: PlanRequest): boolean {
  return earlier !== undefined || nextIndexKey !== undefined;
}

/** A filter that names nothing selects everything, the columns of an earlier plan included. */
function filterOf({ filter, earlier }: PlanRequest, tables: readonly TableDescription[]): ColumnFilter {
  if (filter.tables.length + filter.columns.length === 0 || earlier === undefined) return filter;
  const planned = refitTargets(earlier, tables).flatMap(({ table, columns }) =>
    columns.map(({ name }) => renderColumnName({ table, column: name })),
  );
  return { ...filter, columns: [...filter.columns, ...planned] };
}

function standingOf({ planned }: Judgement): Standing {
  const columns = planned.flatMap((table) => table.columns);
  const total = (count: (column: ColumnInspection) => number): number =>
    columns.reduce((sum, column) => sum + count(column), 0);
  return {
    old: total(({ cells }) => cells.old),
    new: total(({ cells }) => cells.new),
    unknown: total(({ cells }) => closedCells(cells)),
  };
}

function refuseUnfit(
  inspections: readonly TableInspection[],
  judgement: Judgement,
  standing: Standing & { readonly keys: 'proven' | 'unproven'; readonly format: CellFormat },
): void {
  if (standing.old > 0 || standing.keys === 'proven') return;
  const foreign = judgement.excluded.some(
    ({ reason }) => reason === 'under a key that is neither the old nor the new one',
  );
  if (standing.unknown > 0 || (foreign && standing.new === 0)) {
    refuseWrongKey(judgement, standing.format);
  }
  if (judgement.planned.length === 0) refuseNothing(inspections, judgement);
}

/** What those of the cells become that open under the old key; what is bound to its place does not open here. */
function reseal(cells: readonly CellValue[], ciphers: RotationCiphers): readonly CellValue[] {
  const { outcomes } = ciphers.old.cipher.openBatch(cells, anyPlace(cells.length));
  const old = cells.filter((_, index) => outcomes[index] === 'opened');
  const places = anyPlace(old.length);
  return ciphers.new.cipher.sealBatch(
    ciphers.old.cipher.openBatch(old, places),
    old.map(cellClassOf),
    places,
  );
}

/** A cell of the same format is as long as it was. */
async function refuseCellsThatGrow(
  database: TargetDatabase,
  { planned }: Judgement,
  ciphers: RotationCiphers,
): Promise<void> {
  if (ciphers.old.format.name === ciphers.new.format.name) return;
  const tables = planned.map(({ inspection, columns }) => ({
    table: inspection.description.table,
    columns: columns.map(({ description }) => description),
  }));
  await refuseLongCells(database, tables, {
    seal: (values) => reseal(values.filter(isCellValue), ciphers),
  });
}

async function assemble(
  database: TargetDatabase,
  request: UnderstoodRequest,
  { planned, excluded }: Judgement,
): Promise<Plan> {
  const rotated = planned.map((table) => planTarget(table, request));
  const { targets, ...indexKeys } = request.nextIndexKey
    ? await withNextIndexes(database, rotated, request.nextIndexKey)
    : { targets: rotated };
  return {
    planVersion: 1,
    madeBy: request.madeBy,
    kind: 'rotate',
    database: database.identity,
    oldKey: request.oldKey,
    newKey: request.newKey,
    targets,
    ...indexKeys,
    excluded,
    obstacles: planned.flatMap(({ inspection, columns }) =>
      triggerObstacles(
        inspection.description,
        columns.map(({ description }) => description.name),
      ),
    ),
    timestamps: request.timestamps,
    ...(request.afterwards && { afterwards: request.afterwards }),
    estimate: await estimatePlan(database, { tables: planned, targets, ciphers: request.ciphers }),
  };
}

/** A request whose own filter, without the columns of an earlier plan, is understood. */
interface UnderstoodRequest extends PlanRequest {
  readonly isAsked: ColumnSelection;
}

function planTarget({ inspection, columns }: EstimatedTable, request: UnderstoodRequest): PlannedTarget {
  const { ciphers, oldKey, newKey } = request;
  const { table } = inspection.description;
  return {
    table,
    columns: columns.map(({ description, cells, oldCells }) => ({
      name: description.name,
      ...plannedPlace(table, description),
      from: { kind: 'encrypted', format: nameOf(ciphers.old.format, oldCells.cells), keyId: oldKey.id },
      to: { kind: 'encrypted', format: ciphers.new.format.name, keyId: newKey.id },
      unrecognised:
        description.holds === 'documents'
          ? 'leave'
          : unrecognisedIn({ table, name: description.name, cells }, request),
    })),
    fingerprint: inspection.description.fingerprint,
    estimatedRows: inspection.rows,
  };
}

/** A rollback seals cells with what they say of themselves now. */
function nameOf(format: CellFormat, cells: readonly CellValue[]): FormatName {
  return format.nameFor?.(cells) ?? format.name;
}

/** What an earlier plan says stays said, unless the operator now wants to leave alone more of what is no cell. */
function unrecognisedIn(
  { table, name, cells }: { readonly table: string; readonly name: string; readonly cells: CensusCounts },
  { earlier, unrecognised, isAsked }: UnderstoodRequest,
): PlannedColumn['unrecognised'] {
  const target = earlier?.targets.find((one) => one.table === table);
  const before = target?.columns.find((column) => column.name === name)?.unrecognised;
  const choice = isAsked(table, name);
  const isChosen = choice === 'named' || choice === 'selected';
  if (before !== undefined && !(isChosen && (unrecognised === 'leave' || unrecognised === 'encrypt')))
    return before;
  return unrecognised ?? (isMostlyPlaintext(cells) ? 'leave' : 'quarantine');
}

import { noCells } from '../../model/cells/cell-counts.ts';
import { expectedStrangers } from '../../model/columns/blind-index.ts';
import { areBlank, emptyCensus, type ColumnCensus } from '../../model/columns/column-census.ts';
import type { ColumnState } from '../../model/columns/column-state.ts';
import { sensitivities } from '../../model/columns/field-type.ts';
import type { DatabaseLocation } from '../../model/databases/database-location.ts';
import { indexesKept } from '../../model/plans/batch-layout.ts';
import { keyChange } from '../../model/plans/key-change.ts';
import type { Plan, PlannedKey } from '../../model/plans/plan.ts';
import { countedText } from '../../model/texts/counted-text.ts';
import { shellWord } from '../../model/texts/shell-word.ts';
import type { PlanOutcome } from '../../planning/build-plan.ts';
import type {
  KeySummary,
  PlannedColumnResult,
  PlannedIndexResult,
  PlanResult,
} from '../results/plan-result.ts';
import { noPhases, type RunResult } from '../results/run-result.ts';
import { commandOfPlan } from './command-of-plan.ts';
import { keyFlagsOf, nextCommand } from './next-command.ts';

/** A plan as it is shown; `output` is the file it was written to. */
export function describePlan(
  outcome: PlanOutcome,
  location: DatabaseLocation,
  output: string | null,
): PlanResult {
  const { plan, notes, warnings, foreignKeys = [] } = outcome;
  return {
    kind: plan.kind,
    outcome: outcome.kind === 'already' ? 'nothing to do' : 'planned',
    database: plan.database.location,
    databaseKind: plan.database.kind,
    oldKey: summaryOf(plan.oldKey),
    newKey: summaryOf(plan.newKey),
    columns: describeColumns(outcome),
    blank: blankColumns(outcome),
    indexes: describeIndexes(plan),
    excluded: plan.excluded,
    obstacles: [...plan.obstacles, ...foreignKeys],
    notes,
    estimate: plan.estimate,
    afterwards: plan.afterwards ?? null,
    warnings,
    output,
    next: nextSteps(outcome, location, output),
  };
}

function summaryOf(key: PlannedKey | null): KeySummary | null {
  return key && { id: key.id, reference: key.reference };
}

function describeColumns({ plan, inspections }: PlanOutcome): readonly PlannedColumnResult[] {
  return plan.targets.flatMap(({ table, columns }) => {
    const inspection = inspections.find(({ description }) => description.table === table);
    return columns.map(({ name, from, to, unrecognised, into, fieldType }) => ({
      table,
      column: name,
      format: formatOfState(from),
      toFormat: formatOfState(to),
      rows: inspection?.rows ?? 0,
      cells: inspection?.columns.find(({ description }) => description.name === name)?.cells ?? emptyCensus,
      unrecognised,
      fieldType: fieldType ?? null,
      sensitivity: fieldType === undefined ? null : sensitivities[fieldType],
      into: into?.column ?? null,
    }));
  });
}

/** All columns of a plan with nothing to do, where the sample has met no value in any of them. */
function blankColumns(outcome: PlanOutcome): readonly ColumnCensus[] {
  // What an earlier encryption has put into other columns was not inspected, but counted.
  if (outcome.kind !== 'already' || outcome.inspections.length === 0) return [];
  const columns = describeColumns(outcome).map(({ table, column, cells }) => ({ table, column, cells }));
  return columns.every(({ cells }) => areBlank(cells)) ? columns : [];
}

function describeIndexes({ targets }: Plan): readonly PlannedIndexResult[] {
  return targets.flatMap(({ table, columns, estimatedRows }) =>
    columns.flatMap((planned) =>
      indexesKept(planned).map(({ column: into, normaliser, version, bits, keyId, uniqueness }) => ({
        table,
        column: planned.name,
        into,
        normaliser,
        version,
        bits,
        keyId,
        uniqueness,
        strangers: expectedStrangers(estimatedRows, bits),
      })),
    ),
  );
}

function formatOfState(state: ColumnState): string | null {
  return state.kind === 'encrypted' ? state.format : null;
}

function nextSteps(
  outcome: PlanOutcome,
  location: DatabaseLocation,
  output: string | null,
): readonly string[] {
  const keys = keyFlagsOf(outcome.plan);
  if (outcome.kind === 'already') {
    return blankColumns(outcome).length > 0 ? [] : [`${nextCommand('verify', location)} ${keys}`];
  }
  if (outcome.foreignKeys?.length) {
    const isRotation = outcome.plan.kind === 'rotate';
    const again = isRotation
      ? `${nextCommand('plan', location)} ${keys}`
      : `${commandOfPlan(outcome.plan, location)} --dry-run`;
    return [`${again}   # once the foreign keys are seen to`];
  }
  if (output === null) {
    const run = commandOfPlan(outcome.plan, location);
    return [`${run} --dry-run`, run];
  }
  const path = shellWord(output);
  return [nextCommand(`dry-run ${path}`, location), nextCommand(`execute ${path}`, location)];
}

/** A plan that was not carried out; `blank`: its columns, where none of them holds a value. */
export type UnneededPlan = Pick<PlanOutcome, 'plan' | 'warnings'> & {
  readonly blank?: readonly ColumnCensus[];
};

/** The result of a run that wrote nothing: it had nothing to do, or was not to wait for another run. */
export function nothingWritten(
  state: 'nothing to do' | 'skipped',
  { plan, warnings, blank = [] }: UnneededPlan,
  planMilliseconds: number,
): RunResult {
  return {
    migration: null,
    kind: plan.kind,
    state,
    database: plan.database.location,
    oldKeyId: plan.oldKey?.id ?? null,
    newKeyId: plan.newKey?.id ?? null,
    cells: noCells,
    targets: [],
    blank,
    phases: { ...noPhases, plan: planMilliseconds },
    backup: null,
    issues: [],
    scrub: null,
    remains: [],
    warnings,
    next: [],
  };
}

/** What a run is to do with a plan. */
export type RunDirection = 'start' | 'resume' | 'go back' | 'finalize';

/** The question before a run's first write. */
export function consentQuestion(plan: Plan, direction: RunDirection): string {
  const { estimate, targets, database } = plan;
  const where = `${countedText(targets.length, 'table')} of "${database.location}" ${keyChange(plan)}${newFormats(plan)}`;
  const cells = `about ${countedText(estimate.cells, 'cell')}`;
  switch (direction) {
    case 'start':
      return `rewrite ${cells} in ${where}?`;
    case 'resume':
      return `go on rewriting ${cells} in ${where}?`;
    case 'finalize':
      return `finalize ${where}?`;
    case 'go back':
      return `go back: rewrite every cell in ${where}?`;
  }
}

/** Formats are named where they change; of plaintext and a key, the question says already. */
function newFormats({ targets }: Plan): string {
  const changes = targets.flatMap(({ columns }) =>
    columns.flatMap(({ from, to }) => {
      const [before, after] = [formatOfState(from), formatOfState(to)];
      if (before === after || after === null) return [];
      return [before === null ? ` as ${after}` : ` and from ${before} to ${after}`];
    }),
  );
  return [...new Set(changes)].join(',');
}

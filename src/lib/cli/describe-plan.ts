import { noCells } from '../model/cell-counts.ts';
import { emptyCensus } from '../model/column-census.ts';
import type { ColumnState } from '../model/column-state.ts';
import type { Plan } from '../model/plan.ts';
import { shellWord } from '../model/shell-word.ts';
import type { PlanOutcome } from '../planning/build-plan.ts';
import type { DatabaseLocation } from './database-location.ts';
import { keyWord, nextCommand } from './next-command.ts';
import type { PlannedColumnResult, PlanResult, RunResult } from './results.ts';

/** A plan as it is shown; `output` is the file it was written to. */
export function describePlan(
  outcome: PlanOutcome,
  location: DatabaseLocation,
  output: string | null,
): PlanResult {
  const { plan, warnings } = outcome;
  return {
    kind: plan.kind,
    outcome: outcome.kind === 'already' ? 'nothing to do' : 'planned',
    database: plan.database.location,
    oldKey: { id: plan.oldKey.id, reference: plan.oldKey.reference },
    newKey: { id: plan.newKey.id, reference: plan.newKey.reference },
    columns: describeColumns(outcome),
    excluded: plan.excluded,
    obstacles: plan.obstacles,
    estimate: plan.estimate,
    warnings,
    output,
    next: nextSteps(outcome, location, output),
  };
}

function describeColumns({ plan, inspections }: PlanOutcome): readonly PlannedColumnResult[] {
  return plan.targets.flatMap(({ table, columns }) => {
    const inspection = inspections.find(({ description }) => description.table === table);
    return columns.map(({ name, from, to, unrecognised }) => ({
      table,
      column: name,
      format: formatOfState(from),
      toFormat: formatOfState(to),
      rows: inspection?.rows ?? 0,
      cells: inspection?.columns.find(({ description }) => description.name === name)?.cells ?? emptyCensus,
      unrecognised,
    }));
  });
}

function formatOfState(state: ColumnState): string | null {
  return state.kind === 'encrypted' ? state.format : null;
}

function nextSteps(
  outcome: PlanOutcome,
  location: DatabaseLocation,
  output: string | null,
): readonly string[] {
  const { oldKey, newKey } = outcome.plan;
  const flags = `--old-key ${keyWord(oldKey)} --new-key ${keyWord(newKey)}`;
  if (outcome.kind === 'already') return [`${nextCommand('verify', location)} ${flags}`];
  if (output === null) {
    const rotate = `${nextCommand('rotate', location)} ${flags}`;
    return [`${rotate} --dry-run`, rotate];
  }
  const path = shellWord(output);
  return [nextCommand(`dry-run ${path}`, location), nextCommand(`execute ${path}`, location)];
}

/** The result of a run that wrote nothing: it had nothing to do, or was not to wait for another run. */
export function nothingWritten(
  state: 'nothing to do' | 'skipped',
  { plan, warnings }: Pick<PlanOutcome, 'plan' | 'warnings'>,
  planMilliseconds: number,
): RunResult {
  return {
    migration: null,
    kind: plan.kind,
    state,
    database: plan.database.location,
    oldKeyId: plan.oldKey.id,
    newKeyId: plan.newKey.id,
    cells: noCells,
    targets: [],
    phases: { plan: planMilliseconds, backup: 0, execute: 0, verify: 0, census: 0 },
    backup: null,
    issues: [],
    remains: [],
    warnings,
    next: [],
  };
}

/** The question before a run's first write. */
export function consentQuestion(plan: Plan, direction: 'start' | 'resume' | 'go back'): string {
  const { estimate, targets, database, oldKey, newKey } = plan;
  const tables = targets.length === 1 ? '1 table' : `${targets.length} tables`;
  const where = `${tables} of "${database.location}" from key ${oldKey.id} to key ${newKey.id}${newFormats(plan)}`;
  const cells = `about ${estimate.cells.toLocaleString('en')} cells`;
  switch (direction) {
    case 'start':
      return `rewrite ${cells} in ${where}?`;
    case 'resume':
      return `go on rewriting ${cells} in ${where}?`;
    case 'go back':
      return `go back: rewrite every cell in ${where}?`;
  }
}

/** Formats are named where they change. */
function newFormats({ targets }: Plan): string {
  const changes = targets.flatMap(({ columns }) =>
    columns.flatMap(({ from, to }) => {
      const [before, after] = [formatOfState(from), formatOfState(to)];
      return before === after ? [] : [` and from ${before ?? 'plaintext'} to ${after ?? 'plaintext'}`];
    }),
  );
  return [...new Set(changes)].join(',');
}

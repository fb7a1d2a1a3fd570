import { closedCells, type CensusCounts } from '../../model/columns/column-census.ts';
import { renderColumnName } from '../../model/columns/column-name.ts';
import { KeyturnError } from '../../model/keyturn-error.ts';
import { unwritable } from '../../model/plans/column-kind.ts';
import type { ExcludedColumn, ExclusionReason } from '../../model/plans/plan.ts';
import type { EstimatedTable } from '../estimates/estimate.ts';
import type { ColumnInspection, TableInspection } from './inspect-columns.ts';
import type { ColumnChoice, ColumnSelection } from './select-columns.ts';

/** Every inspected column that holds a cell or was named, on one side or the other. */
export interface Judgement {
  /** Tables with the columns that are part of the plan; no table without one. */
  readonly planned: readonly EstimatedTable[];
  readonly excluded: readonly ExcludedColumn[];
}

/** Decides for each column whether it is part of the plan; a column without any cell is not even excluded. */
export function judgeColumns(inspections: readonly TableInspection[], selection: ColumnSelection): Judgement {
  const tables = inspections.map((inspection) => {
    const { table } = inspection.description;
    const judged = inspection.columns.map((column) => ({
      column,
      verdict: judge(table, column, selection(table, column.description.name)),
    }));
    const planned = judged.filter(({ verdict }) => verdict === 'planned').map(({ column }) => column);
    const excluded = judged.flatMap(({ column, verdict }) =>
      verdict === 'planned' || verdict === 'not encrypted' ? [] : [exclude(table, column, verdict)],
    );
    return { inspection, columns: planned, excluded };
  });
  return {
    planned: tables.filter(({ columns }) => columns.length > 0),
    excluded: tables.flatMap(({ excluded }) => excluded),
  };
}

function judge(
  table: string,
  column: ColumnInspection,
  choice: ColumnChoice,
): 'planned' | 'not encrypted' | ExclusionReason {
  const { cells, description } = column;
  const looksEncrypted = cells.old + cells.new + closedCells(cells) > 0;
  if (choice === 'named') {
    refuseUnwritable(table, description);
    return 'planned';
  }
  if (!looksEncrypted) return 'not encrypted';
  // Whatever the operator says: it is made of other columns, and changes with them.
  if (description.kind === 'generated') return unwritable.generated;
  if (choice === 'excluded') return 'excluded by the operator';
  if (choice === 'not selected') return 'not among the tables and columns asked for';
  if (description.kind !== 'ordinary') return unwritable[description.kind];
  return cells.old + cells.new + cells.displaced > 0
    ? 'planned'
    : 'under a key that is neither the old nor the new one';
}

function exclude(table: string, column: ColumnInspection, reason: ExclusionReason): ExcludedColumn {
  return { table, column: column.description.name, reason, opensUnder: opensUnder(column.cells) };
}

function opensUnder(cells: CensusCounts): ExcludedColumn['opensUnder'] {
  if (cells.old > 0) return cells.new > 0 ? 'both' : 'old';
  return cells.new > 0 ? 'new' : 'neither';
}

/** Throws where a column that was named cannot be rewritten (exit 2). */
export function refuseUnwritable(table: string, description: ColumnInspection['description']): void {
  if (description.kind === 'ordinary') return;
  const why = unwritable[description.kind];
  const name = renderColumnName({ table, column: description.name });
  throw new KeyturnError({
    code: 'KT_UNWRITABLE_COLUMN',
    reason: 'usage',
    message: `column ${name} cannot be rewritten: it is ${why}`,
    hints: ['leave it out of --column'],
  });
}

import { blankText, type ColumnCensus } from '../../model/columns/column-census.ts';
import { stateText } from '../../model/plans/key-change.ts';
import type { RunResult } from '../results/run-result.ts';
import { columnText } from './column-text.ts';

/** Why there is nothing to do: none of the columns holds a value (`blank`), or everything is there already. */
export function nothingToDoText(
  { kind, newKeyId }: Pick<RunResult, 'kind' | 'newKeyId'>,
  blank: readonly ColumnCensus[],
): string {
  if (blank.length === 0) return `Nothing to do: everything is already ${stateText(newKeyId)}.`;
  const texts = blank.map((one) => `${columnText(one)} holds no value (${blankText(one.cells)})`);
  return [`Nothing to ${kind}: ${texts.join(', ')}.`, ...(kind === 'encrypt' ? laterValues(blank) : [])].join(
    '\n',
  );
}

/** How later values of such columns, and empty ones that are there, are treated. */
function laterValues(columns: readonly ColumnCensus[]): readonly string[] {
  const hasEmpty = columns.some(({ cells }) => cells.empty > 0);
  return [
    'What is written there from now on is in plaintext until this command runs again, or the application writes cells itself.',
    ...(hasEmpty ? ['Empty values stay as they are without --empty encrypt.'] : []),
  ];
}

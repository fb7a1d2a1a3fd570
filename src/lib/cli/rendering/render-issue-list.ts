import { countText } from '../../model/texts/count-text.ts';
import { countedText } from '../../model/texts/counted-text.ts';
import { printable } from '../../reporters/printable.ts';
import type { IssuesListResult } from '../results/issues-list-result.ts';
import type { Painter } from './painter.ts';
import { composeText } from './sections.ts';
import { textTable, type TextColumn } from './text-table.ts';

const columns: readonly TextColumn[] = [
  { header: 'table', align: 'left' },
  { header: 'column', align: 'left' },
  { header: 'reason', align: 'left' },
  { header: 'row', align: 'left' },
];

/** Cells in quarantine, one a line; never their values. */
export function renderIssueList(list: IssuesListResult, painter: Painter): string {
  const rows = list.issues.map(({ table, column, reason, where, rowKey }) => [
    printable(table),
    printable(column),
    reason,
    where === null ? `${printable(rowKey)} (the table is gone)` : printable(where),
  ]);
  return composeText(
    [
      [headline(list, painter)],
      rows.length === 0 ? [] : textTable(columns, rows, painter),
      explanation(list),
    ],
    list.next,
  );
}

function headline({ total, issues, migration }: IssuesListResult, painter: Painter): string {
  if (total === 0) return painter.good(`No cell is in quarantine in migration ${migration}.`);
  const cells = `${countedText(total, 'cell is', 'cells are')} in quarantine in migration ${migration}`;
  return painter.warning(
    issues.length < total ? `${cells}; the first ${countText(issues.length)}:` : `${cells}:`,
  );
}

const meanings: Readonly<Record<IssuesListResult['issues'][number]['reason'], string>> = {
  rejected: 'rejected: neither key opens it; it is under a third key, or damaged',
  displaced: 'displaced: not at its place; it was moved there from another row or column, or is damaged',
  malformed: 'malformed: the format does not know it; it may be plaintext',
  refused:
    'refused: as it was; a constraint (UNIQUE: another row holds an equal value) or a trigger does not let the new cell in, it is text that is no valid UTF-8, or more than a token stands in it',
};

function explanation({ issues }: IssuesListResult): readonly string[] {
  return [...new Set(issues.map(({ reason }) => reason))].sort().map((reason) => meanings[reason]);
}

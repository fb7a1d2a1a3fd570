import type { IssueGroup, IssueReason } from '../../model/cells/cell-issue.ts';
import { countText } from '../../model/texts/count-text.ts';
import { countedText } from '../../model/texts/counted-text.ts';
import { printable } from '../../reporters/printable.ts';
import { columnText } from './column-text.ts';
import type { Painter } from './painter.ts';
import { section } from './sections.ts';

const reasons: Readonly<Record<IssueReason, string>> = {
  rejected: 'that neither key opens: under a third key, or damaged',
  displaced: 'moved there from another place, or damaged',
  malformed: 'that the format does not know',
  refused: 'that a constraint or a trigger does not let in, or holding more than a token',
};

/** Cells in quarantine by reason, with the first few places. */
export function renderIssues(issues: readonly IssueGroup[], painter: Painter): readonly string[] {
  const lines = issues.flatMap(({ reason, cells, places }) => [
    `${countedText(cells, 'cell')} ${reasons[reason]}`,
    ...places.map((place) => `  ${columnText(place)} in row ${printable(place.rowKey)}`),
    ...(cells > places.length ? [`  and ${countText(cells - places.length)} more`] : []),
  ]);
  return section(painter.warning('In quarantine, unchanged'), lines);
}

import { closedCells, type CensusCounts } from '../../model/columns/column-census.ts';
import { countText } from '../../model/texts/count-text.ts';
import { countedText } from '../../model/texts/counted-text.ts';
import { printable } from '../../reporters/printable.ts';
import type { CheckedIndexResult, VerifyResult } from '../results/verify-result.ts';
import { alignedFields } from './aligned-fields.ts';
import { censusTable } from './census-table.ts';
import { columnText } from './column-text.ts';
import type { Painter } from './painter.ts';
import { composeText, section, warningLines } from './sections.ts';

/** The census of every encrypted column, and whether anything is left under the old key. */
export function renderVerify(result: VerifyResult, painter: Painter): string {
  const keys = [
    ...(result.oldKeyId === null ? [] : [['old key', result.oldKeyId] as const]),
    ...(result.newKeyId === null ? [] : [['new key', result.newKeyId] as const]),
  ];
  const recorded = result.recordedAs === null ? [] : [['recorded', `event ${result.recordedAs}`] as const];
  return composeText(
    [
      [headline(result, painter)],
      alignedFields([['database', printable(result.database)], ...keys, ...recorded]),
      result.columns.length === 0 ? [] : censusTable(result.columns, painter),
      section('Blind indexes', result.indexes.flatMap(indexLines)),
      warningLines(result.warnings, painter),
      result.scrubDue ? ['A scrub is due: free pages, logs and statistics may still hold old values.'] : [],
    ],
    result.next,
  );
}

function headline(result: VerifyResult, painter: Painter): string {
  const { outcome, newKeyId, total } = result;
  switch (outcome) {
    case 'verified':
      return total.plaintext === 0 || newKeyId === null
        ? painter.good(`Verified: ${verdict(result)}.`)
        : painter.warning(`Verified: ${verdict(result)}, and ${plaintextValues(total)}.`);
    case 'old key found':
      return painter.bad(`Not verified: ${countedText(total.old, 'cell')} still under the old key.`);
    case 'plaintext found':
      return painter.bad('Not verified: plaintext stands in columns that were encrypted.');
    case 'stale indexes':
      return painter.bad('Not verified: blind indexes are not those of their cells: searches miss rows.');
    case 'unreadable cells':
      return painter.bad(`Not verified: ${countedText(closedCells(total), 'cell')} that neither key opens.`);
  }
}

function indexLines({
  table,
  column,
  current,
  stale,
  unknown,
  staleRows,
}: CheckedIndexResult): readonly string[] {
  const others = unknown === 0 ? '' : `, ${countText(unknown)} whose cell does not open`;
  const counts = `${countedText(current, 'row')} right, ${countText(stale)} stale${others}`;
  return [
    `${columnText({ table, column })}: ${counts}`,
    ...staleRows.map((where) => `  stale: WHERE ${printable(where)}`),
  ];
}

/** Whose old key is not known has every cell open under the new one all the same, or it is not verified. */
function verdict({ oldKeyId, newKeyId, total }: VerifyResult): string {
  if (newKeyId === null) return 'no cell is encrypted any more';
  return `${countedText(total.new, 'cell opens', 'cells open')} under key ${newKeyId}, none under ${oldKeyId === null ? 'another' : 'the old'} one`;
}

function plaintextValues({ plaintext }: CensusCounts): string {
  return countedText(plaintext, 'value is plaintext', 'values are plaintext');
}

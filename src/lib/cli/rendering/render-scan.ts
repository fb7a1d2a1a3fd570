import type { EncryptionWay } from '../../model/columns/exposed-column.ts';
import { countText } from '../../model/texts/count-text.ts';
import { countedText } from '../../model/texts/counted-text.ts';
import { printable } from '../../reporters/printable.ts';
import type { ScannedColumnResult, ScanResult } from '../results/scan-results.ts';
import { columnText } from './column-text.ts';
import type { Painter } from './painter.ts';
import { composeText, section } from './sections.ts';
import { textTable, type TextColumn } from './text-table.ts';

const columns: readonly TextColumn[] = [
  { header: 'column', align: 'left' },
  { header: 'holds', align: 'left' },
  { header: 'found', align: 'right' },
  { header: 'sampled', align: 'right' },
  { header: 'rows', align: 'right' },
  { header: 'sensitivity', align: 'left' },
  { header: 'shape', align: 'left' },
];

/** The columns that should be encrypted, most harmful first, then those that are. */
export function renderScan(result: ScanResult, painter: Painter): string {
  const isSampled = result.columns.some(({ values, rows }) => values !== rows);
  const shown = isSampled ? columns : columns.filter(({ header }) => header !== 'sampled');
  const rows = result.columns.map((column) => rowOf(column, painter, isSampled ? 'sampled' : 'whole'));
  return composeText(
    [
      [headline(result, painter)],
      rows.length === 0 ? [] : textTable(shown, rows, painter),
      section('What stands in the way', result.columns.flatMap(obstacleLines)),
    ],
    result.next,
  );
}

const ways: Readonly<Record<EncryptionWay, string>> = {
  'in place': 'in place',
  'bound to its column': 'in place with --bind column',
  'into another column': 'into another column with --into',
  none: 'not at all, as the table is',
};

/** How a column can be encrypted with which the usual way is none, and why that is so. */
function obstacleLines({ encryption, obstacle, ...column }: ScannedColumnResult): readonly string[] {
  if (encryption === null || encryption === 'in place') return [];
  const why = obstacle ?? 'its type has no room for cells';
  return [`${columnText(column)}: ${ways[encryption]}`, `    ${printable(why)}`];
}

function headline({ columns: found, database, tables }: ScanResult, painter: Painter): string {
  const exposed = found.filter(({ state }) => state === 'plaintext').length;
  const encrypted = found.length - exposed;
  const where = `in ${countedText(tables, 'table')} of ${printable(database)}`;
  const seen = `${countedText(exposed, 'column')} of plaintext to protect, ${countedText(encrypted, 'encrypted column')} ${where}`;
  return exposed === 0 ? painter.good(`${seen}.`) : painter.warning(`${seen}.`);
}

/** Where every row of every column was looked at, how many that were goes without saying. */
function rowOf(
  column: ScannedColumnResult,
  painter: Painter,
  looked: 'sampled' | 'whole',
): readonly string[] {
  const { looksLike, found, values, rows, sensitivity, evidence, state } = column;
  return [
    columnText(column),
    state === 'encrypted' ? `${looksLike} cells` : looksLike,
    countText(found),
    ...(looked === 'sampled' ? [countText(values)] : []),
    countText(rows),
    sensitivity === 'high' ? painter.bad('high') : (sensitivity ?? painter.faint('-')),
    painter.faint(printable(evidence ?? '-')),
  ];
}
